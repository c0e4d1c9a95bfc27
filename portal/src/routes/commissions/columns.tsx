import { Link } from "@tanstack/react-router";
import type { Commission } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import type { Column } from "~/ui/DataTable";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";

interface Props {
  row: Commission;
}

function OrderCell({ row }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <Link to="/commissions/$commissionId" params={{ commissionId: row.id }} className="block w-fit font-medium wrap-anywhere text-accent hover:underline">
        {row.order_external_id}
      </Link>
      <span className="block text-xs text-muted md:hidden">
        {t(`role.${row.role}`)} <span className="whitespace-nowrap">{format.day(row.settled_on)}</span>
      </span>
    </>
  );
}

function Day({ day }: { day: string | null }) {
  const format = useFormat();
  return <span className="money">{day ? format.day(day) : "–"}</span>;
}

function Quiet({ children }: { children: string }) {
  return <span className="money text-muted">{children}</span>;
}

function RoleCell({ row }: Props) {
  return useTranslation().t(`role.${row.role}`);
}

function KindCell({ row }: Props) {
  return useTranslation().t(`kind.${row.kind}`);
}

function BaseCell({ row }: Props) {
  return <Quiet>{useFormat().amount(row.base, row.currency)}</Quiet>;
}

function RateCell({ row }: Props) {
  return <Quiet>{useFormat().rate(row.rate_bps)}</Quiet>;
}

function TakenBackCell({ row }: Props) {
  return <Quiet>{useFormat().amount(row.clawed_back, row.currency)}</Quiet>;
}

/** Everything that a list of commissions can show. */
export const COMMISSION_COLUMNS: readonly Column<Commission>[] = [
  { id: "order", label: "field.order", Cell: OrderCell },
  { id: "customer", label: "field.customer", Cell: ({ row }) => row.customer_external_id, wide: true },
  { id: "partner", label: "field.partner", Cell: ({ row }) => row.partner_name, optional: true },
  { id: "role", label: "field.role", Cell: RoleCell, wide: true },
  { id: "kind", label: "field.kind", Cell: KindCell, optional: true },
  { id: "settled", label: "field.settledOn", Cell: ({ row }) => <Day day={row.settled_on} />, wide: true, sort: "settled_on" },
  { id: "base", label: "field.base", Cell: BaseCell, right: true, wide: true },
  { id: "rate", label: "field.rate", Cell: RateCell, right: true, wide: true },
  { id: "tier", label: "field.tier", Cell: ({ row }) => row.tier, right: true, optional: true },
  { id: "plan", label: "field.plan", Cell: ({ row }) => `${row.plan.code} ${row.plan.version}`, optional: true },
  { id: "amount", label: "field.amount", Cell: ({ row }) => <Money amount={row.amount} currency={row.currency} strong />, right: true },
  { id: "takenBack", label: "field.takenBack", Cell: TakenBackCell, right: true, optional: true },
  { id: "payable", label: "field.payable", Cell: ({ row }) => <Day day={BigInt(row.amount) === 0n ? null : row.payable_on} />, wide: true },
  { id: "paid", label: "field.paidOn", Cell: ({ row }) => <Day day={row.paid_on} />, optional: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="commission" status={row.status} />, right: true },
];
