import { useTranslation } from "~/i18n/useTranslation";
import { PageHeader } from "~/ui/PageHeader";
import { InvoicesCard } from "../invoices/InvoicesCard";
import { useMay, useViewer } from "../useViewer";
import { BankCard } from "./BankCard";
import { DataCard } from "./DataCard";
import { LettersCard } from "./LettersCard";
import { PasswordCard } from "./PasswordCard";
import { SessionsCard } from "./SessionsCard";
import { TotpCard } from "./TotpCard";
import { WalletCard } from "./WalletCard";
import { WebhooksCard } from "./webhooks/WebhooksCard";

/** The reader's own account, and what belongs to their partner. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { login, partner_id: partnerId } = useViewer();
  const writes = useMay("rows:write");
  return (
    <>
      <PageHeader title={t("nav.settings")}>{t("settings.signedInAs", { login })}</PageHeader>
      <div className="max-w-5xl space-y-6">
        {partnerId && (
          <>
            <BankCard partnerId={partnerId} />
            <InvoicesCard partnerId={partnerId} />
          </>
        )}
        <LettersCard />
        <TotpCard />
        <PasswordCard />
        <SessionsCard />
        <WalletCard />
        {writes && <WebhooksCard />}
        <DataCard />
      </div>
    </>
  );
}
