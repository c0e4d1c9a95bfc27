import { useQuery, useQueryClient } from "@tanstack/react-query";
import { approveErasure, dataRequestsQuery, erase, refuseErasure } from "~/api/queries/privacy";
import type { DataRequest } from "~/api/types";
import { laws, useCodes } from "~/i18n/codes";
import { today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { useMay, useViewer } from "~/routes/useViewer";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Confirm } from "../parts/Confirm";
import { Listing } from "../parts/Listing";
import { Moment, PartnerLink } from "../parts/values";
import type { ListSearch } from "../search";
import { daysLeft } from "./daysLeft";

const OPEN = new Set<DataRequest["state"]>(["asked", "approved"]);

function WhoCell({ row }: { row: DataRequest }) {
  return (
    <>
      <span className="font-medium wrap-anywhere">{row.login}</span>
      {row.partner_id && row.partner_name && (
        <span className="block text-xs">
          <PartnerLink id={row.partner_id} name={row.partner_name} />
        </span>
      )}
    </>
  );
}

function WhatCell({ row }: { row: DataRequest }) {
  const { t } = useTranslation();
  const word = useCodes();
  return (
    <>
      {t(`data.kind_${row.kind}`)}
      <span className="hidden text-xs text-muted md:block">{word(laws, row.law)}</span>
    </>
  );
}

function DueCell({ row }: { row: DataRequest }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = daysLeft(row.due_on, today());
  return (
    <>
      <span className="whitespace-nowrap">{format.day(row.due_on)}</span>
      {OPEN.has(row.state) && (
        <span className={`block text-xs ${left < 7 ? "font-medium text-bad" : "text-muted"}`}>{left < 0 ? t("data.late", { days: -left }) : t("data.left", { days: left })}</span>
      )}
    </>
  );
}

function StepsCell({ row }: { row: DataRequest }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { member_id: own } = useViewer();
  if (row.kind !== "erasure" || !OPEN.has(row.state)) return null;
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["data-requests"] });
  const another = row.decided_by === own;
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {row.state === "asked" && (
        <Confirm label={t("data.approve")} run={() => approveErasure(row.id).then(refresh)}>
          {t("data.approveSure", { login: row.login })}
        </Confirm>
      )}
      {row.state === "approved" && (another ? <span className="text-xs text-muted">{t("data.another")}</span> : (
        <Confirm label={t("data.erase")} run={() => erase(row.id).then(refresh)}>
          {t("data.eraseSure", { login: row.login })}
        </Confirm>
      ))}
      <Confirm label={t("data.refuse")} reason={t("data.refuseReason")} run={(reason) => refuseErasure(row.id, reason).then(refresh)}>
        {t("data.refuseSure", { login: row.login })}
      </Confirm>
    </div>
  );
}

const COLUMNS: readonly Column<DataRequest>[] = [
  { id: "who", label: "data.who", Cell: WhoCell },
  { id: "what", label: "data.what", Cell: WhatCell },
  { id: "asked", label: "data.askedAt", Cell: ({ row }) => <Moment at={row.asked_at} />, wide: true },
  { id: "due", label: "data.due", Cell: DueCell },
  { id: "state", label: "field.status", Cell: ({ row }) => <StatusBadge kind="request" status={row.state} />, wide: true },
];

const WITH_STEPS: readonly Column<DataRequest>[] = [...COLUMNS, { id: "steps", label: "data.steps", Cell: StepsCell, right: true }];

/** What people ask of us about their data, each with its deadline. */
export function RequestsPage() {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(dataRequestsQuery(cursor));
  const writes = useMay("rules:write");
  return (
    <>
      <PageHeader title={t("nav.requests")}>{t("data.staffLead")}</PageHeader>
      <Panel>
        <Listing label={t("nav.requests")} query={query} columns={writes ? WITH_STEPS : COLUMNS} empty={t("data.none")} />
        <StatusLegend kind="request" />
      </Panel>
    </>
  );
}
