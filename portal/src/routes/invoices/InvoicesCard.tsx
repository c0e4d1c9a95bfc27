import { useQuery } from "@tanstack/react-query";
import { type ComponentType, type ReactNode, useState } from "react";
import type { Cursor } from "~/api/cursor";
import { invoicesQuery } from "~/api/queries/invoices";
import type { Invoice } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Code, Day } from "~/routes/staff/parts/values";
import { Badge } from "~/ui/Badge";
import { Card } from "~/ui/Card";
import { type Column, DataTable } from "~/ui/DataTable";
import { List } from "~/ui/List";
import { Money } from "~/ui/Money";

function NumberCell({ row }: { row: Invoice }) {
  const { t } = useTranslation();
  return (
    <span id={row.id}>
      <Code text={row.number} />
      {row.code && <span className="block text-xs text-muted">{t("invoices.codeOf", { code: row.code })}</span>}
    </span>
  );
}

function StateCell({ row }: { row: Invoice }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (row.red_lettered_at === null) return <Badge tone="good">{t("invoices.valid")}</Badge>;
  return (
    <>
      <Badge tone="bad">{t("invoices.red")}</Badge>
      <span className="block text-xs text-muted wrap-anywhere">{t("invoices.redAt", { day: format.day(row.red_lettered_at.slice(0, 10)), reason: row.red_letter_reason ?? "" })}</span>
    </>
  );
}

const COLUMNS: readonly Column<Invoice>[] = [
  { id: "number", label: "invoices.number", Cell: NumberCell },
  { id: "issued", label: "invoices.issued", Cell: ({ row }) => <Day day={row.issued_on} />, wide: true },
  { id: "buyer", label: "invoices.buyer", Cell: ({ row }) => <Code text={row.buyer_tax_id} />, wide: true },
  { id: "amount", label: "invoices.amount", Cell: ({ row }) => <Money amount={row.amount} currency={row.currency} />, right: true },
  { id: "tax", label: "invoices.tax", Cell: ({ row }) => <Money amount={row.tax} currency={row.currency} />, right: true, wide: true },
  { id: "status", label: "field.status", Cell: StateCell, right: true },
];

interface Props {
  partnerId: string;
  /** What can be done with the list, for who may. */
  aside?: ReactNode;
  /** What can be done with one of them, for who may. */
  Steps?: ComponentType<{ row: Invoice }> | undefined;
}

/** A partner's invoices, newest first, and whether they still cover anything. */
export function InvoicesCard({ partnerId, aside, Steps }: Props) {
  const { t } = useTranslation();
  const [cursor, setCursor] = useState<Cursor>({});
  const query = useQuery(invoicesQuery(partnerId, cursor));
  const columns: readonly Column<Invoice>[] = Steps ? [...COLUMNS, { id: "steps", label: "invoices.steps", Cell: Steps, right: true }] : COLUMNS;
  return (
    <Card title={t("invoices.title")} lead={t("invoices.lead")} aside={aside}>
      <List query={query} cursor={cursor} onMove={setCursor} empty={t("invoices.empty")}>
        {(rows, busy) => <DataTable label={t("invoices.title")} columns={columns} rows={rows} busy={busy} />}
      </List>
    </Card>
  );
}
