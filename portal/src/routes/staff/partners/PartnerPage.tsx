import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { EarningsPage } from "~/routes/earnings/EarningsPage";

/** What a partner earned, as staff see it. */
export function PartnerPage() {
  const { t } = useTranslation();
  const { partnerId } = useParams({ from: "/app/partners/$partnerId" });
  return (
    <>
      <Link to="/partners" className="mb-3 inline-block text-sm font-medium text-accent hover:underline">
        ← {t("earnings.back")}
      </Link>
      <EarningsPage partnerId={partnerId} />
    </>
  );
}
