import type { Commission } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { DataTable } from "~/ui/DataTable";
import { COMMISSION_COLUMNS } from "./columns";

/** A few commissions, as they are. */
export function CommissionsTable({ commissions, picked }: { commissions: readonly Commission[]; picked?: string }) {
  const { t } = useTranslation();
  return <DataTable label={t("field.commissions")} columns={COMMISSION_COLUMNS} rows={commissions} picked={picked} />;
}
