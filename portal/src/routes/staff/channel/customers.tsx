import { Link } from "@tanstack/react-router";
import { type Attribution, type Customer, ROLES, type Role } from "~/api/types";
import type { Column } from "~/ui/DataTable";
import { StatusBadge } from "~/ui/StatusBadge";
import { Day, LINK, NOTHING, PartnerLink } from "../parts/values";

/** Cells of attributions, for a list of customers and for the history of one. */
export function Earner({ attribution, role }: { attribution: Attribution | null; role: Role }) {
  const partner = attribution?.[role];
  return partner ? <PartnerLink id={partner.id} name={partner.name} /> : <>{NOTHING}</>;
}

export function PlanName({ attribution }: { attribution: Attribution | null }) {
  if (!attribution) return NOTHING;
  return (
    <Link to="/plans" className={LINK}>
      {`${attribution.plan_code} v${attribution.plan_version}`}
    </Link>
  );
}

function NameCell({ row }: { row: Customer }) {
  return (
    <Link to="/customers/$customerId" params={{ customerId: row.id }} className={LINK}>
      {row.external_id}
    </Link>
  );
}

const earner = (role: Role): Column<Customer> => ({
  id: role,
  label: `role.${role}`,
  Cell: ({ row }) => <Earner attribution={row.attribution} role={role} />,
  wide: role !== "referrer",
});

export const CUSTOMER_COLUMNS: readonly Column<Customer>[] = [
  { id: "customer", label: "field.customer", Cell: NameCell },
  ...ROLES.map(earner),
  { id: "plan", label: "field.plan", Cell: ({ row }) => <PlanName attribution={row.attribution} />, wide: true },
  { id: "since", label: "customers.since", Cell: ({ row }) => <Day day={row.attribution?.effective_from.slice(0, 10) ?? null} />, wide: true },
  {
    id: "status",
    label: "field.status",
    Cell: ({ row }) => (row.attribution ? <StatusBadge kind="attribution" status={row.attribution.status} /> : NOTHING),
    right: true,
  },
];
