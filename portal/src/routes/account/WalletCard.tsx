import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { bindWallet, oneselfQuery, unbindWallet, walletNonce } from "~/api/queries/account";
import { useTranslation } from "~/i18n/useTranslation";
import { signInMessage, wallet } from "~/proof/wallet";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";

/** A wallet to sign in with, bound by a message that it signs (EIP-4361) and the password. It pays and receives nothing. */
export function WalletCard() {
  const { t } = useTranslation();
  const query = useQuery(oneselfQuery);
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: oneselfQuery.queryKey });
  const bind = useMutation({ mutationFn: bindBy, onSuccess });
  const unbind = useMutation({ mutationFn: unbindWallet, onSuccess });
  const { submit, missing } = useForm(["password"], ({ password }) => bind.mutate(password));
  if (!query.data) return null;
  return (
    <Card title={t("settings.wallet")} lead={t("settings.walletLead")}>
      {query.data.wallet && (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Copyable value={query.data.wallet} what={t("settings.wallet")} />
          <Button disabled={unbind.isPending} onClick={() => unbind.mutate()}>
            {t("settings.walletUnbind")}
          </Button>
        </div>
      )}
      {!query.data.wallet && !wallet() && <p className="text-sm text-muted">{t("settings.walletNone")}</p>}
      {!query.data.wallet && wallet() && (
        <form noValidate onSubmit={submit} className="max-w-sm space-y-4">
          <Field
            name="password"
            type="password"
            label={t("settings.current")}
            autoComplete="current-password"
            error={missing && t("settings.needed")}
          />
          <Button type="submit" disabled={bind.isPending}>
            {t("settings.walletBind")}
          </Button>
        </form>
      )}
      <Done error={bind.error ?? unbind.error} />
    </Card>
  );
}

async function bindBy(password: string) {
  const found = wallet();
  if (!found) throw new Error("no wallet");
  const [address = ""] = await found.request<string[]>({ method: "eth_requestAccounts" });
  const message = signInMessage(address, await walletNonce(), new Date());
  const signature = await found.request<string>({ method: "personal_sign", params: [message, address] });
  return bindWallet({ message, signature, password });
}
