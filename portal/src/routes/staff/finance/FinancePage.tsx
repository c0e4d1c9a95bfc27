import { useTranslation } from "~/i18n/useTranslation";
import { PageHeader } from "~/ui/PageHeader";
import { AuditCard } from "./AuditCard";
import { BatchesCard } from "./BatchesCard";
import { RefusalsCard } from "./RefusalsCard";
import { TrialBalanceCard } from "./TrialBalanceCard";

export function FinancePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t("finance.title")} />
      <div className="space-y-6">
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <AuditCard />
          <TrialBalanceCard />
        </div>
        <BatchesCard />
        <RefusalsCard />
      </div>
    </>
  );
}
