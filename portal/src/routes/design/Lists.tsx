import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "~/api/client";
import type { Page } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { ColumnPicker } from "~/ui/ColumnPicker";
import { type Column, DataTable } from "~/ui/DataTable";
import { ExportMenu } from "~/ui/ExportMenu";
import { List } from "~/ui/List";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";

interface Row {
  id: string;
  name: string;
  amount: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", label: "field.partner", Cell: ({ row }) => <span className="font-medium">{row.name}</span> },
  { id: "status", label: "field.status", Cell: () => <StatusBadge kind="order" status="pending" />, wide: true },
  { id: "amount", label: "field.amount", Cell: ({ row }) => <Money amount={row.amount} currency="CNY" strong />, right: true, sort: "amount" },
  { id: "country", label: "field.country", Cell: () => "CN", optional: true },
];

const never = () => new Promise<never>(() => {});
const empty = async (): Promise<Page<Row>> => ({ data: [], has_more: false });
const refused = async (): Promise<Page<Row>> => {
  throw new Problem(0, "network", "", "");
};

/** A list in each of its states, over queries that end as they are told to. */
export function Lists() {
  const { t } = useTranslation();
  const rows = async (): Promise<Page<Row>> => ({
    data: [
      { id: "1", name: t("design.name"), amount: "123" },
      { id: "2", name: t("design.long"), amount: "-99999999999999999999" },
    ],
    has_more: true,
  });
  return (
    <Card title={t("design.lists")}>
      <div className="space-y-8">
        <State title={t("design.loading")} load={never} />
        <State title={t("design.nothing")} load={empty} />
        <State title={t("design.noMatch")} load={empty} filtered />
        <State title={t("design.trouble")} load={refused} />
        <State title={t("design.busy")} load={rows} busy />
        <State title={t("design.rows")} load={rows} tools />
      </div>
    </Card>
  );
}

interface StateProps {
  title: string;
  load: () => Promise<Page<Row>>;
  filtered?: boolean;
  busy?: boolean;
  tools?: boolean;
}

function State({ title, load, filtered = false, busy = false, tools = false }: StateProps) {
  const { t, language } = useTranslation();
  const [picked, setPicked] = useState<string>();
  const query: UseQueryResult<Page<Row>> = useQuery({ queryKey: ["design", title, language], queryFn: load, retry: false });
  return (
    <section aria-label={title}>
      <div className="mb-2 flex items-center justify-between">
        <h3 className="font-medium">{title}</h3>
        {tools && (
          <div className="flex gap-2">
            <ColumnPicker columns={COLUMNS} picked={picked} onPick={setPicked} />
            <ExportMenu path="/v1/exports/orders" query={{ status: "failed" }} filtered />
          </div>
        )}
      </div>
      <List query={query} cursor={{}} onMove={() => {}} empty={t("orders.empty")} onClear={filtered ? () => {} : undefined}>
        {(rows) => <DataTable label={title} columns={COLUMNS} rows={rows} busy={busy} picked={picked} sort="-amount" onSort={() => {}} />}
      </List>
    </section>
  );
}
