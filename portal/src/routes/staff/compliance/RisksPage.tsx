import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Finding, findingsQuery, findingsSummaryQuery, POINTS, WHICH } from "~/api/queries/compliance";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Choice } from "~/ui/Choice";
import type { Column } from "~/ui/DataTable";
import { FilterChip } from "~/ui/FilterChip";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SelectFilter } from "~/ui/SelectFilter";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { useStatus } from "~/ui/useStatus";
import { Listing } from "../parts/Listing";
import { LINK, Moment, PartnerLink } from "../parts/values";
import { RuleFilter } from "./RuleFilter";
import type { risksSearch } from "./routes";
import { isPoint, Outcome, outcomeOptions, usePoint, useSaid, useSubject } from "./words";

interface Props {
  row: Finding;
}

/** Of PASS nothing is kept. */
const FOUND = ["BLOCK", "HOLD", "WARN", "COMPUTE"] as const;

function FoundCell({ row }: Props) {
  const said = useSaid();
  return (
    <>
      <Link to="/risks/$findingId" params={{ findingId: row.id }} className={LINK}>
        {row.rule} {said(row.title)}
      </Link>
      <span className="block max-w-prose">{said(row.says)}</span>
      <span className="mt-1 block sm:hidden">
        <Outcome outcome={row.outcome} />
      </span>
    </>
  );
}

function AboutCell({ row }: Props) {
  const kind = useSubject();
  const named = row.subject_kind === "partner" ? null : row.subject_name || row.subject_id;
  return (
    <>
      {row.partner_id && row.partner_name && <PartnerLink id={row.partner_id} name={row.partner_name} />}
      <span className="block max-w-48 truncate text-xs text-muted" title={named ?? undefined}>
        {kind(row.subject_kind)} {named}
      </span>
    </>
  );
}

function OutcomeCell({ row }: Props) {
  return <Outcome outcome={row.outcome} />;
}

const COLUMNS: readonly Column<Finding>[] = [
  { id: "found", label: "risks.found", Cell: FoundCell },
  { id: "outcome", label: "risks.outcome", Cell: OutcomeCell, wide: true },
  { id: "about", label: "risks.about", Cell: AboutCell },
  { id: "since", label: "risks.since", Cell: ({ row }) => <Moment at={row.at} />, wide: true },
  { id: "state", label: "field.status", Cell: ({ row }) => <StatusBadge kind="finding" status={row.state} />, right: true },
];

/** The risk queue: what the rules found, and what waits for people. */
export function RisksPage() {
  const { t } = useTranslation();
  const point = usePoint();
  const outcomes = useStatus("outcome");
  const { search, cursor, filter } = useFilters<ReturnType<typeof risksSearch>>();
  const which = WHICH.find((one) => one === search.which) ?? "stopping";
  const asked = isPoint(search.point) ? search.point : undefined;
  const outcome = FOUND.find((one) => one === search.outcome);
  const query = useQuery(findingsQuery({ which, outcome, point: asked, rule: search.rule, partner: search.partner, ...cursor }));
  const partner = query.data?.data.find(({ partner_id }) => partner_id === search.partner)?.partner_name;
  const filtered = Boolean(outcome ?? asked ?? search.rule ?? search.partner);
  return (
    <>
      <PageHeader title={t("nav.risks")}>
        <p className="max-w-prose">{t("risks.lead")}</p>
        <Waiting />
      </PageHeader>
      <Panel>
        <div className="mb-4 -mx-1 overflow-x-auto px-1 py-1">
          <Choice label={t("risks.which")} value={which} options={WHICH.map((value) => ({ value, label: t(`risks.which_${value}`) }))} onChoose={(chosen) => filter({ which: chosen === "stopping" ? undefined : chosen })} />
        </div>
        <Listing
          label={t("nav.risks")}
          query={query}
          columns={COLUMNS}
          empty={t(`risks.empty_${which}`)}
          onClear={filtered ? () => filter({ outcome: undefined, point: undefined, rule: undefined, partner: undefined }) : undefined}
          tools={
            <>
              <SelectFilter label={t("risks.outcome")} value={outcome} options={outcomeOptions(outcomes, FOUND)} onSelect={(chosen) => filter({ outcome: chosen })} />
              <SelectFilter label={t("risks.point")} value={asked} options={POINTS.map((value) => ({ value, label: point(value) }))} onSelect={(chosen) => filter({ point: chosen })} />
              {search.partner && <FilterChip text={partner ?? search.partner} onClear={() => filter({ partner: undefined })} />}
              <RuleFilter value={search.rule} onSelect={(rule) => filter({ rule })} />
            </>
          }
        />
        <StatusLegend kind="finding" />
        <StatusLegend kind="outcome" label={t("risks.outcomes")} />
      </Panel>
    </>
  );
}

/** How much waits, whatever the list is narrowed to. */
function Waiting() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(findingsSummaryQuery);
  if (!data) return null;
  return (
    <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 font-medium text-ink">
      <span>{t("risks.stoppingNow", { count: format.count(data.stopping) })}</span>
      <span>{t("risks.toConfirmNow", { count: format.count(data.to_confirm) })}</span>
    </p>
  );
}
