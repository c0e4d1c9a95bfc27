import { useTranslation } from "~/i18n/useTranslation";
import { PageHeader } from "~/ui/PageHeader";
import { AuditCard } from "./AuditCard";
import { NextSteps } from "./NextSteps";
import { TrialBalanceCard } from "./TrialBalanceCard";

export function FinancePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t("finance.title")} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <div className="min-w-0 space-y-6">
          <NextSteps />
          <AuditCard />
        </div>
        <TrialBalanceCard />
      </div>
    </>
  );
}
