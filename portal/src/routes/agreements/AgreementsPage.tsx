import { useTranslation } from "~/i18n/useTranslation";
import { PageHeader } from "~/ui/PageHeader";
import { useViewer } from "../useViewer";
import { Published } from "./Published";
import { Standings } from "./Standings";

/** What the vendor and its partners agree on: a partner reads and signs, staff publish and see who signed. */
export function AgreementsPage() {
  const { t } = useTranslation();
  const partnerId = useViewer().partner_id;
  return (
    <>
      <PageHeader title={t("nav.agreements")}>{t(partnerId ? "agreements.lead" : "agreements.staffLead")}</PageHeader>
      {partnerId ? <Standings partnerId={partnerId} /> : <Published />}
    </>
  );
}
