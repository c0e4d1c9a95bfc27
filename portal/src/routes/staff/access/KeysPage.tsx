import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { PageHeader } from "~/ui/PageHeader";
import { ApiKeysCard } from "./ApiKeysCard";
import { SourceSecretsCard } from "./SourceSecretsCard";

/** How programs get in: keys for the API, and secrets of systems that sign their events. */
export function KeysPage() {
  const { t } = useTranslation();
  const keys = useMay("access:read");
  return (
    <>
      <PageHeader title={t("nav.keys")}>{t("keys.lead")}</PageHeader>
      <div className="space-y-6">
        {keys && <ApiKeysCard />}
        <SourceSecretsCard />
      </div>
    </>
  );
}
