import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { renderSVG } from "uqr";
import { beginTotp, confirmTotp, oneselfQuery } from "~/api/queries/account";
import type { Oneself } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { Loading } from "~/ui/Loading";
import { Notice } from "~/ui/Notice";
import { Trouble } from "~/ui/Trouble";
import { useForm } from "~/ui/useForm";

/** An authenticator: begun with the password, confirmed by a code, and with codes for the day it is lost. */
export function TotpCard() {
  const { t } = useTranslation();
  const query = useQuery(oneselfQuery);
  const queryClient = useQueryClient();
  const begin = useMutation({ mutationFn: beginTotp });
  const confirm = useMutation({ mutationFn: confirmTotp });
  const finish = async () => {
    await queryClient.invalidateQueries({ queryKey: oneselfQuery.queryKey });
    begin.reset();
    confirm.reset();
  };
  const codes = confirm.data?.recovery_codes;
  return (
    <Card title={t("settings.totp")} lead={t("settings.totpLead")} aside={query.data && <State oneself={query.data} />}>
      {query.isPending && <Loading lines={2} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.has_totp && !codes && (
        <p className="text-sm">
          {t("settings.codesLeft", { left: query.data.recovery_codes_left })} <span className="text-muted">{t("settings.totpLost")}</span>
        </p>
      )}
      {query.data && !query.data.has_totp && !begin.data && <Begin error={begin.error} busy={begin.isPending} onPassword={begin.mutate} />}
      {begin.data && !codes && <Confirm {...begin.data} error={confirm.error} busy={confirm.isPending} onCode={confirm.mutate} />}
      {codes && <RecoveryCodes codes={codes} onDone={() => void finish()} />}
    </Card>
  );
}

function State({ oneself }: { oneself: Oneself }) {
  const { t } = useTranslation();
  return <Badge tone={oneself.has_totp ? "good" : "wait"}>{t(oneself.has_totp ? "settings.on" : "settings.off")}</Badge>;
}

interface StepProps {
  error: unknown;
  busy: boolean;
}

function Begin({ error, busy, onPassword }: StepProps & { onPassword: (password: string) => void }) {
  const { t } = useTranslation();
  const { submit, missing } = useForm(["password"], ({ password }) => onPassword(password));
  return (
    <form noValidate onSubmit={submit} className="max-w-sm space-y-4">
      <Field
        name="password"
        type="password"
        label={t("settings.current")}
        autoComplete="current-password"
        error={missing && t("settings.needed")}
      />
      <Done error={error} />
      <Button type="submit" look="main" disabled={busy}>
        {t("settings.totpBegin")}
      </Button>
    </form>
  );
}

function Confirm({ secret, otpauth_uri, error, busy, onCode }: StepProps & { secret: string; otpauth_uri: string; onCode: (code: string) => void }) {
  const { t } = useTranslation();
  const { submit, missing } = useForm(["code"], ({ code }) => onCode(code));
  return (
    <div className="flex flex-wrap gap-6">
      <Picture text={otpauth_uri} />
      <form noValidate onSubmit={submit} className="max-w-sm min-w-64 flex-1 space-y-4">
        <p className="text-sm">{t("settings.totpScan")}</p>
        <Copyable value={secret} what={t("settings.secret")} />
        <Field
          name="code"
          label={t("signIn.code")}
          hint={t("settings.codeHint")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          error={missing && t("settings.needed")}
        />
        <Done error={error} />
        <Button type="submit" look="main" disabled={busy}>
          {t("settings.confirm")}
        </Button>
      </form>
    </div>
  );
}

/** A QR code: dark on light whatever the colours of the page, or an authenticator does not read it. */
function Picture({ text }: { text: string }) {
  const { t } = useTranslation();
  return <img alt={t("settings.qr")} src={`data:image/svg+xml,${encodeURIComponent(renderSVG(text))}`} className="size-44 rounded-md" />;
}

function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice tone="wait" title={t("settings.codes")}>
      <p>{t("settings.codesLead")}</p>
      <ul className="my-3 grid max-w-md grid-cols-2 gap-x-6 gap-y-1 font-mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex items-center gap-4">
        <Button onClick={onDone}>{t("settings.codesKept")}</Button>
      </div>
    </Notice>
  );
}
