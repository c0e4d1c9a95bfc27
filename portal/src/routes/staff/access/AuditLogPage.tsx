import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { auditLogQuery } from "~/api/queries/access";
import type { AuditLine } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import type { Column } from "~/ui/DataTable";
import { DayField } from "~/ui/DayField";
import { FilterChip } from "~/ui/FilterChip";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { Listing } from "../parts/Listing";
import { Code, Moment, NOTHING } from "../parts/values";
import type { LogSearch } from "../search";
import { changesOf } from "./changes";

interface Props {
  row: AuditLine;
}

/** What stands in a line; a click shows all lines with the same. */
function Same({ name, value, children }: { name: "actor" | "action" | "target"; value: string; children: ReactNode }) {
  const { t } = useTranslation();
  const { search } = useFilters<LogSearch>();
  const { after: _, before: __, ...filters } = search;
  return (
    <Link to="/audit-log" search={{ ...filters, [name]: value }} title={t("log.same", { value })} className="block min-w-24 text-accent hover:underline">
      {children}
    </Link>
  );
}

function WhoCell({ row }: Props) {
  return (
    <>
      <Same name="actor" value={row.actor}>
        {row.actor_name || row.actor}
      </Same>
      <span className="hidden text-xs text-muted sm:block">{row.address}</span>
    </>
  );
}

function ActionCell({ row }: Props) {
  return (
    <Same name="action" value={row.action}>
      <Code text={row.action} />
    </Same>
  );
}

function TargetCell({ row }: Props) {
  if (!row.target) return NOTHING;
  return (
    <Same name="target" value={row.target}>
      <Code text={row.target} />
    </Same>
  );
}

function ChangesCell({ row }: Props) {
  const changes = changesOf(row.before, row.after);
  return (
    <ul className="max-w-md text-xs">
      {changes.map(({ name, before, after }) => (
        <li key={name} className="wrap-anywhere">
          <span className="text-muted">{name}:</span> {before !== undefined && <del className="text-muted">{before}</del>} {after}
        </li>
      ))}
    </ul>
  );
}

const COLUMNS: readonly Column<AuditLine>[] = [
  { id: "at", label: "log.at", Cell: ({ row }) => <Moment at={row.at} /> },
  { id: "who", label: "log.who", Cell: WhoCell },
  { id: "action", label: "log.action", Cell: ActionCell },
  { id: "target", label: "log.target", Cell: TargetCell, wide: true },
  { id: "changes", label: "log.changes", Cell: ChangesCell, wide: true },
  { id: "request", label: "log.request", Cell: ({ row }) => <Code text={row.request_id || null} />, optional: true },
];

const CHIPS = ["actor", "action"] as const;

/** Who changed what: never altered. */
export function AuditLogPage() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<LogSearch>();
  const { actor, target, action, from, to } = search;
  const query = useQuery(auditLogQuery(search));
  const filtered = Boolean(actor ?? target ?? action ?? from ?? to);
  return (
    <>
      <PageHeader title={t("nav.auditLog")}>{t("log.lead")}</PageHeader>
      <Panel>
        <Listing
          label={t("nav.auditLog")}
          query={query}
          columns={COLUMNS}
          empty={t("log.empty")}
          onClear={filtered ? () => filter({ actor: undefined, target: undefined, action: undefined, from: undefined, to: undefined }) : undefined}
          tools={
            <>
              <SearchBox label={t("log.search")} value={target ?? ""} onSearch={(text) => filter({ target: text })} />
              <DayField label={t("log.from")} value={from} most={to} onPick={(day) => filter({ from: day })} />
              <DayField label={t("log.to")} value={to} least={from} onPick={(day) => filter({ to: day })} />
              {CHIPS.map((name) => search[name] && <FilterChip key={name} text={search[name]} onClear={() => filter({ [name]: undefined })} />)}
            </>
          }
        />
      </Panel>
    </>
  );
}
