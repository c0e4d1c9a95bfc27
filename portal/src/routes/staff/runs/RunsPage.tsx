import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { prepareRun, runsQuery, trialBalanceQuery } from "~/api/queries/finance";
import type { Run } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import type { Column } from "~/ui/DataTable";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { useForm } from "~/ui/useForm";
import { Listing } from "../parts/Listing";
import { Count, LINK } from "../parts/values";
import type { RunsSearch } from "../search";
import { AnswerButton } from "./AnswerButton";

function DayCell({ row }: { row: Run }) {
  const format = useFormat();
  return (
    <Link to="/payout-runs/$runId" params={{ runId: row.id }} className={LINK}>
      {format.day(row.pays_on)}
    </Link>
  );
}

const COLUMNS: readonly Column<Run>[] = [
  { id: "day", label: "runs.paysOn", Cell: DayCell },
  { id: "payouts", label: "nav.payouts", Cell: ({ row }) => <Count value={row.payouts} />, right: true, wide: true },
  { id: "out", label: "runs.leftOut", Cell: ({ row }) => <Count value={row.left_out} />, right: true, wide: true },
  { id: "gross", label: "field.gross", Cell: ({ row }) => <Money amount={row.gross} currency={row.currency} />, right: true, wide: true },
  { id: "withheld", label: "field.withheld", Cell: ({ row }) => <Money amount={row.withheld} currency={row.currency} />, right: true, wide: true },
  { id: "net", label: "field.net", Cell: ({ row }) => <Money amount={row.net} currency={row.currency} strong />, right: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="run" status={row.status} />, right: true },
];

/** Payout runs: prepared by one, approved by another, paid by the bank. */
export function RunsPage() {
  const { t } = useTranslation();
  const writes = useMay("books:write");
  const { search, filter } = useFilters<RunsSearch>();
  const { status } = search;
  const query = useQuery(runsQuery(search));
  return (
    <>
      <PageHeader title={t("nav.runs")}>{t("runs.lead")}</PageHeader>
      <Panel>
        <Listing
          label={t("nav.runs")}
          query={query}
          columns={COLUMNS}
          empty={t("runs.empty")}
          onClear={status && (() => filter({ status: undefined }))}
          tools={
            <>
              {writes && <PrepareButton />}
              {writes && <AnswerButton />}
              <StatusFilter kind="run" value={status} onSelect={(chosen) => filter({ status: chosen })} />
            </>
          }
        />
        <StatusLegend kind="run" />
      </Panel>
    </>
  );
}

/** Asks for the day, makes the run, and shows who is paid and who is not. */
function PrepareButton() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  // The books' currency is the only one that a run can have.
  const books = useQuery({ ...trialBalanceQuery, enabled: asking });
  const prepare = useMutation({
    mutationFn: prepareRun,
    onSuccess: (made) => navigate({ to: "/payout-runs/$runId", params: { runId: made.id } }),
  });
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const { submit, missing } = useForm(["day"], ({ day }) => prepare.mutate({ rail: "bank", pays_on: day, currency: books.data?.currency ?? "" }));
  return (
    <>
      <Button look="main" onClick={() => setAsking(true)}>
        {t("runs.prepare")}
      </Button>
      <Dialog title={t("runs.prepare")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <p>{t("runs.prepareLead")}</p>
          <Field name="day" type="date" label={t("runs.paysOn")} defaultValue={today} min={today} error={missing && t("confirm.needed")} />
          <Done error={prepare.error ?? books.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={prepare.isPending || !books.data}>
              {t("runs.prepare")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
