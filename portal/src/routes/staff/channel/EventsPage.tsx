import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { eventsQuery, refusalsQuery } from "~/api/queries/channel";
import type { InboxEvent, Refusal } from "~/api/types";
import { reasons, unparks, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Choice } from "~/ui/Choice";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import { LINK, Moment } from "../parts/values";
import type { EventsSearch } from "../search";

/** What came in: events by the API, and the rows of files that were refused. */
export function EventsPage() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<EventsSearch>();
  const rows = search.view === "rows";
  return (
    <>
      <PageHeader title={t("nav.events")}>{t("events.lead")}</PageHeader>
      <Panel>
        <div className="mb-4">
          <Choice
            label={t("nav.events")}
            value={rows ? "rows" : "events"}
            options={[
              { value: "events", label: t("events.events") },
              { value: "rows", label: t("events.rows") },
            ]}
            onChoose={(view) => filter({ view: view === "rows" ? view : undefined, status: undefined, search: undefined, columns: undefined })}
          />
        </div>
        {rows ? <Refusals /> : <Events />}
      </Panel>
    </>
  );
}

// --- Events ---

interface EventProps {
  row: InboxEvent;
}

function EventCell({ row }: EventProps) {
  const { external_id: externalId, order_id: orderId } = row;
  if (!orderId) return <span className="font-medium wrap-anywhere">{externalId}</span>;
  return (
    <Link to="/orders/$orderId" params={{ orderId }} className={`wrap-anywhere ${LINK}`}>
      {externalId}
    </Link>
  );
}

function ReasonCell({ row }: EventProps) {
  const word = useCodes();
  if (!row.reason) return null;
  return (
    <>
      {word(reasons, row.reason)}
      {row.status === "parked" && unparks[row.reason] && <span className="block text-xs text-muted">{word(unparks, row.reason)}</span>}
    </>
  );
}

const EVENT_COLUMNS: readonly Column<InboxEvent>[] = [
  { id: "event", label: "events.event", Cell: EventCell },
  { id: "type", label: "events.type", Cell: ({ row }) => <code className="font-mono text-[0.85em]">{row.type}</code>, wide: true },
  { id: "source", label: "field.source", Cell: ({ row }) => row.source, wide: true },
  { id: "received", label: "events.received", Cell: ({ row }) => <Moment at={row.received_at} />, wide: true },
  { id: "reason", label: "field.reason", Cell: ReasonCell },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="event" status={row.status} />, right: true },
];

function Events() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<EventsSearch>();
  const { status, search: text } = search;
  const query = useQuery(eventsQuery(search));
  return (
    <>
      <Listing
        label={t("events.events")}
        query={query}
        columns={EVENT_COLUMNS}
        empty={t("events.empty")}
        onClear={status || text ? () => filter({ status: undefined, search: undefined }) : undefined}
        tools={
          <>
            <SearchBox label={t("events.search")} value={text ?? ""} onSearch={(found) => filter({ search: found })} />
            <StatusFilter kind="event" value={status} onSelect={(chosen) => filter({ status: chosen })} />
          </>
        }
      />
      <StatusLegend kind="event" />
    </>
  );
}

// --- Rows of files ---

interface RowProps {
  row: Refusal;
}

function RefusedCell({ row }: RowProps) {
  const word = useCodes();
  return (
    <>
      {word(reasons, row.reason)}
      <span className="block text-xs break-words text-muted">{row.detail}</span>
    </>
  );
}

function PlaceCell({ row }: RowProps) {
  const { t } = useTranslation();
  return <span className="money">{t("events.line", { file: row.file, line: row.line })}</span>;
}

const ROW_COLUMNS: readonly Column<Refusal>[] = [
  { id: "order", label: "field.order", Cell: ({ row }) => <span className="wrap-anywhere">{row.order_id || "–"}</span> },
  { id: "reason", label: "field.reason", Cell: RefusedCell },
  { id: "where", label: "field.where", Cell: PlaceCell },
];

/** Rows that were not taken in: never lost, always with the place where they stand and the reason. */
function Refusals() {
  const { t } = useTranslation();
  const { cursor } = useFilters<EventsSearch>();
  const query = useQuery(refusalsQuery(cursor));
  return <Listing label={t("events.rows")} query={query} columns={ROW_COLUMNS} empty={t("events.rowsEmpty")} />;
}
