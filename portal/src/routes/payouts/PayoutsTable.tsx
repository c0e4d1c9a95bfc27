import { Link } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import type { Payout } from "~/api/types";
import { reasons, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { Copyable } from "~/ui/Copyable";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";

interface Props {
  payouts: readonly Payout[];
  busy: boolean;
  /** Staff also see whose payout it is. */
  forStaff: boolean;
}

export function PayoutsTable({ payouts, busy, forStaff }: Props) {
  const { t } = useTranslation();
  return (
    <Table label={t("payouts.title")} busy={busy}>
      <thead>
        <tr>
          <Head>{t("field.paidOn")}</Head>
          {forStaff && <Head>{t("field.partner")}</Head>}
          <Head wide>{t("field.reference")}</Head>
          <Head right wide>
            {t("field.gross")}
          </Head>
          <Head right wide>
            {t("field.withheld")}
          </Head>
          <Head right>{t("field.net")}</Head>
          <Head right>{t("field.status")}</Head>
          <Head wide>{t("field.transaction")}</Head>
        </tr>
      </thead>
      <tbody>
        {payouts.map((payout) => (
          <PayoutRow key={payout.id} payout={payout} forStaff={forStaff} />
        ))}
      </tbody>
    </Table>
  );
}

function PayoutRow({ payout, forStaff }: { payout: Payout; forStaff: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const { currency } = payout;
  return (
    <tr className="hover:bg-sunken">
      <Cell>
        <span className="money">{payout.paid_on ? format.day(payout.paid_on) : "–"}</span>
      </Cell>
      {forStaff && (
        <Cell>
          <Link to="/partners/$partnerId" params={{ partnerId: payout.partner_id }} className="font-medium text-accent hover:underline">
            {payout.partner_name}
          </Link>
        </Cell>
      )}
      <Cell wide>
        <code className="font-mono text-[0.85em]">{payout.bank_reference}</code>
      </Cell>
      <Cell right wide>
        <Money amount={payout.gross} currency={currency} />
      </Cell>
      <Cell right wide>
        <Money amount={payout.withheld} currency={currency} />
      </Cell>
      <Cell right>
        <Money amount={payout.net} currency={currency} strong />
      </Cell>
      <Cell right>
        <StatusBadge kind="payout" status={payout.status} />
        {payout.reason && <span className="mt-1 block text-xs text-muted">{word(reasons, payout.reason)}</span>}
      </Cell>
      <Cell wide>
        {payout.transaction_hash && (
          <div className="max-w-44">
            <Copyable value={payout.transaction_hash} what={t("field.transaction")} />
          </div>
        )}
      </Cell>
    </tr>
  );
}
