import { useTranslation } from "~/i18n/useTranslation";
import { CommissionsList } from "~/routes/commissions/CommissionsList";
import { useViewer } from "~/routes/useViewer";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";

/** Every commission of the signed-in partner. */
export function CommissionsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t("commissions.title")}>{t("commissions.lead")}</PageHeader>
      <Panel>
        <CommissionsList partnerId={useViewer().partner_id ?? ""} />
      </Panel>
    </>
  );
}
