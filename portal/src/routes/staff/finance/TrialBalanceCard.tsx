import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { trialBalanceQuery } from "~/api/queries/finance";
import type { TrialBalance } from "~/api/types";
import { accounts, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Loading } from "~/ui/Loading";
import { Cell, Head, Table } from "~/ui/Table";
import { Trouble } from "~/ui/Trouble";

export function TrialBalanceCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(trialBalanceQuery);
  const { data } = query;
  const lead = data && t("finance.trialAsOf", { day: data.as_of ? format.day(data.as_of) : "–", transactions: format.count(data.transactions) });
  const mark = data && (
    <Badge tone={data.balanced ? "good" : "bad"}>{t(data.balanced ? "finance.balanced" : "finance.unbalanced")}</Badge>
  );
  return (
    <Card title={t("finance.trial")} lead={lead} aside={mark}>
      {query.isPending && <Loading lines={6} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {data && <Lines balance={data} />}
      {data && data.transactions > 0 && <JournalHead head={data.journal_head} />}
    </Card>
  );
}

function Lines({ balance }: { balance: TrialBalance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const { currency } = balance;
  return (
    <Table label={t("finance.trial")}>
      <thead>
        <tr>
          <Head>{t("field.account")}</Head>
          <Head right>{`${t("field.debits")} (${currency})`}</Head>
          <Head right>{`${t("field.credits")} (${currency})`}</Head>
          <Head right wide>
            {`${t("field.balance")} (${currency})`}
          </Head>
        </tr>
      </thead>
      <tbody>
        {balance.lines.map((line) => (
          <tr key={line.code}>
            <Cell>
              {word(accounts, line.code)}
              <span className="block text-xs text-muted">{t(`finance.type.${line.type}`)}</span>
            </Cell>
            <Amount amount={line.debits} currency={currency} />
            <Amount amount={line.credits} currency={currency} />
            <Cell right wide>
              <span className="money">{format.amount(line.balance, currency)}</span>
            </Cell>
          </tr>
        ))}
      </tbody>
      <tfoot className="font-semibold">
        <tr>
          <Cell>{t("finance.total")}</Cell>
          <Amount amount={balance.debits} currency={currency} />
          <Amount amount={balance.credits} currency={currency} />
          <Cell wide />
        </tr>
      </tfoot>
    </Table>
  );
}

function Amount({ amount, currency }: { amount: string; currency: string }) {
  const format = useFormat();
  return (
    <Cell right>
      <span className="money">{format.amount(amount, currency)}</span>
    </Cell>
  );
}

function JournalHead({ head }: { head: string }) {
  const { t } = useTranslation();
  return (
    <div className="mt-4 text-sm">
      <p className="font-medium">{t("finance.journalHead")}</p>
      <p className="mb-1 text-muted">{t("finance.journalNote")}</p>
      <Copyable value={head} what={t("finance.journalHead")} />
    </div>
  );
}
