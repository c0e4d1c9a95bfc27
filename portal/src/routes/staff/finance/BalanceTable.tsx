import { Link } from "@tanstack/react-router";
import type { PeriodBalance } from "~/api/types";
import { accounts, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Cell, Head, Table } from "~/ui/Table";
import { LINK } from "../parts/values";

interface Days {
  from?: string;
  to?: string;
}

/** A kind of account, and the way to its accounts, their postings narrowed to some days. */
export function KindLink({ kind, days }: { kind: string; days?: Days }) {
  const word = useCodes();
  return (
    <Link to="/accounts" search={{ kind, ...days }} className={LINK}>
      {word(accounts, kind)}
    </Link>
  );
}

const SUMS = ["opening", "debits", "credits", "closing"] as const;

/** What stood before some days, what moved in them, and what stands after them. */
export function BalanceTable({ balance, days }: { balance: PeriodBalance; days: Days }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = balance;
  const amount = (value: string) => <span className="money">{format.amount(value, currency)}</span>;
  return (
    <Table label={t("finance.trial")}>
      <thead>
        <tr>
          <Head>{t("field.account")}</Head>
          {SUMS.map((sum) => (
            <Head key={sum} right wide={sum === "opening" || sum === "closing"}>
              {`${t(sum === "opening" || sum === "closing" ? `finance.${sum}` : `field.${sum}`)} (${currency})`}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {balance.lines.map((line) => (
          <tr key={line.code}>
            <Cell>
              <KindLink kind={line.code} days={days} />
              <span className="block text-xs text-muted">{t(`finance.type.${line.type}`)}</span>
            </Cell>
            {SUMS.map((sum) => (
              <Cell key={sum} right wide={sum === "opening" || sum === "closing"}>
                {amount(line[sum])}
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot className="font-semibold">
        <tr>
          <Cell>{t("finance.total")}</Cell>
          <Cell wide />
          <Cell right>{amount(balance.debits)}</Cell>
          <Cell right>{amount(balance.credits)}</Cell>
          <Cell wide />
        </tr>
      </tfoot>
    </Table>
  );
}
