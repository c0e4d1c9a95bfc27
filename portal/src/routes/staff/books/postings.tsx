import { Link } from "@tanstack/react-router";
import type { Posting } from "~/api/types";
import { transactions, useCodes } from "~/i18n/codes";
import type { Column } from "~/ui/DataTable";
import { Money } from "~/ui/Money";
import { AccountLink, Day, LINK, NOTHING } from "../parts/values";

interface Props {
  row: Posting;
}

function KindCell({ row }: Props) {
  const word = useCodes();
  return (
    <Link to="/transactions/$number" params={{ number: String(row.transaction) }} className={LINK}>
      {word(transactions, row.kind)} <span className="font-normal whitespace-nowrap text-muted">№ {row.transaction}</span>
    </Link>
  );
}

function OrderCell({ row }: Props) {
  if (!row.order_id) return NOTHING;
  return (
    <Link to="/orders/$orderId" params={{ orderId: row.order_id }} className={LINK}>
      {row.order_external_id}
    </Link>
  );
}

const end = (side: "source" | "destination") =>
  function EndCell({ row }: Props) {
    const { id, kind, partner_name: partner } = row[side];
    return <AccountLink id={id} kind={kind} partner={partner} />;
  };

/** Of an account: the other end, and the amount on the side where it stands. */
const otherEnd = (account: string) =>
  function OtherCell({ row }: Props) {
    const { id, kind, partner_name: partner } = row.source.id === account ? row.destination : row.source;
    return <AccountLink id={id} kind={kind} partner={partner} />;
  };

const amountOf = (account: string, side: "source" | "destination") =>
  function AmountCell({ row }: Props) {
    return row[side].id === account ? <Money amount={row.amount} currency={row.currency} /> : null;
  };

const KIND: Column<Posting> = { id: "transaction", label: "books.transaction", Cell: KindCell };
const ON: Column<Posting> = { id: "day", label: "books.day", Cell: ({ row }) => <Day day={row.on} /> };
const ORDER: Column<Posting> = { id: "order", label: "field.order", Cell: OrderCell, wide: true };

/** Of a transaction: what moved from where to where. */
export const ENDS: readonly Column<Posting>[] = [
  { id: "source", label: "books.debited", Cell: end("source") },
  { id: "destination", label: "books.credited", Cell: end("destination") },
  ORDER,
  { id: "amount", label: "field.amount", Cell: ({ row }) => <Money amount={row.amount} currency={row.currency} strong />, right: true },
];

/** Of an account. */
export const columnsOf = (account: string): readonly Column<Posting>[] => [
  KIND,
  { ...ON, wide: true },
  { id: "other", label: "books.otherAccount", Cell: otherEnd(account), wide: true },
  ORDER,
  { id: "debit", label: "field.debits", Cell: amountOf(account, "source"), right: true },
  { id: "credit", label: "field.credits", Cell: amountOf(account, "destination"), right: true },
];
