import { useQuery } from "@tanstack/react-query";
import { payoutDetailsQuery } from "~/api/queries/partner";
import { documents, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";

/** Where the partner is paid. Finance writes it down and another member checks it: nobody changes it by one password. */
export function BankCard({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const query = useQuery(payoutDetailsQuery(partnerId));
  const details = query.data;
  const state = details?.account_hint && <Badge tone={details.verified ? "good" : "wait"}>{t(details.verified ? "bank.verified" : "bank.unverified")}</Badge>;
  return (
    <Card title={t("bank.title")} lead={t("bank.lead")} aside={state}>
      {query.isPending && <Loading lines={3} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {details && !details.account_hint && <p className="text-sm">{t("bank.none")}</p>}
      {details?.account_hint && (
        <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[9rem_1fr]">
          <dt className="text-muted">{t("bank.account")}</dt>
          <dd className="money">{details.account_hint}</dd>
          <dt className="text-muted">{t("field.country")}</dt>
          <dd>{details.country}</dd>
          {details.documents.map(({ kind, number, expires_on }) => (
            <div key={`${kind}:${number}`} className="contents">
              <dt className="text-muted">{word(documents, kind)}</dt>
              <dd>
                {number}
                {expires_on && <span className="text-muted"> · {t("bank.expires", { day: format.day(expires_on) })}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
