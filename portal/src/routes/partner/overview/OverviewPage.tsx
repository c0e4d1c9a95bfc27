import { useTranslation } from "~/i18n/useTranslation";
import { EarningsPage } from "~/routes/earnings/EarningsPage";
import { useViewer } from "~/routes/useViewer";

/** What the signed-in partner earned. */
export function OverviewPage() {
  const { t } = useTranslation();
  return <EarningsPage partnerId={useViewer().partner_id ?? ""} title={() => t("earnings.title")} />;
}
