import { Link } from "@tanstack/react-router";
import type { Payout } from "~/api/types";
import { reasons, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import type { Column } from "~/ui/DataTable";
import { useTranslation } from "~/i18n/useTranslation";
import { Copyable } from "~/ui/Copyable";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";

interface Props {
  row: Payout;
}

function PaidOnCell({ row }: Props) {
  const format = useFormat();
  return <span className="money">{row.paid_on ? format.day(row.paid_on) : "–"}</span>;
}

function PartnerCell({ row }: Props) {
  return (
    <Link to="/partners/$partnerId" params={{ partnerId: row.partner_id }} className="font-medium text-accent hover:underline">
      {row.partner_name}
    </Link>
  );
}

function StateCell({ row }: Props) {
  const word = useCodes();
  return (
    <>
      <StatusBadge kind="payout" status={row.status} />
      {row.reason && <span className="mt-1 block text-xs text-muted">{word(reasons, row.reason)}</span>}
    </>
  );
}

function TransactionCell({ row }: Props) {
  const { t } = useTranslation();
  if (!row.transaction_hash) return "–";
  return (
    <div className="max-w-40">
      <Copyable value={row.transaction_hash} what={t("field.transaction")} />
    </div>
  );
}

const amount = (name: "gross" | "withheld" | "net", strong = false) =>
  function AmountCell({ row }: Props) {
    return <Money amount={row[name]} currency={row.currency} strong={strong} />;
  };

const code = (name: "bank_reference" | "end_to_end_id") =>
  function CodeCell({ row }: Props) {
    return row[name] ? <code className="font-mono text-[0.85em] wrap-anywhere">{row[name]}</code> : "–";
  };

const PARTNER: Column<Payout> = { id: "partner", label: "field.partner", Cell: PartnerCell };

/** What a list of payouts can show to the payee. */
export const OWN_COLUMNS: readonly Column<Payout>[] = [
  { id: "paid", label: "field.paidOn", Cell: PaidOnCell },
  { id: "gross", label: "field.gross", Cell: amount("gross"), right: true, wide: true },
  { id: "withheld", label: "field.withheld", Cell: amount("withheld"), right: true, wide: true },
  { id: "net", label: "field.net", Cell: amount("net", true), right: true },
  { id: "tax", label: "payouts.taxRule", Cell: ({ row }) => row.tax_note ?? "–", optional: true },
  { id: "reference", label: "field.reference", Cell: code("bank_reference"), wide: true },
  { id: "trace", label: "payouts.trace", Cell: code("end_to_end_id"), optional: true },
  { id: "transaction", label: "field.transaction", Cell: TransactionCell, wide: true },
  { id: "status", label: "field.status", Cell: StateCell, right: true },
];

/** Staff also see whose payout it is. */
export const ALL_COLUMNS: readonly Column<Payout>[] = [...OWN_COLUMNS.slice(0, 1), PARTNER, ...OWN_COLUMNS.slice(1)];
