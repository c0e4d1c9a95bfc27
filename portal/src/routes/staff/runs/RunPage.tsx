import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { runQuery } from "~/api/queries/finance";
import type { RunWithHistory } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Copyable } from "~/ui/Copyable";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Count, Moment } from "../parts/values";
import type { RunSearch } from "../search";
import { LeftOut } from "./LeftOut";
import { RunPayouts } from "./RunPayouts";
import { RunSteps } from "./RunSteps";

/** A run: what it pays, who was left out and why, and its way through four eyes to the bank. */
export function RunPage() {
  const { runId } = useParams({ from: "/app/payout-runs/$runId" });
  const query = useQuery(runQuery(runId));
  return (
    <>
      <Back to="/payout-runs" label="nav.runs" />
      <Loaded query={query}>{(run) => <Shown run={run} />}</Loaded>
    </>
  );
}

function Shown({ run }: { run: RunWithHistory }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = run;
  return (
    <>
      <PageHeader title={t("runs.titleOf", { day: format.day(run.pays_on) })}>
        <StatusBadge kind="run" status={run.status} />
      </PageHeader>
      <div className="space-y-6">
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title={t("runs.steps")}>
            <RunSteps run={run} />
          </Card>
          <Card title={t("runs.sums")}>
            <Facts
              facts={{
                [t("field.gross")]: <Money amount={run.gross} currency={currency} />,
                [t("field.withheld")]: <Money amount={run.withheld} currency={currency} />,
                [t("field.net")]: <Money amount={run.net} currency={currency} strong />,
                [t("nav.payouts")]: <Count value={run.payouts} />,
                [t("runs.leftOut")]: <Count value={run.left_out} />,
                [t("runs.minimum")]: <Money amount={run.minimum} currency={currency} />,
                [t("runs.taxRules")]: run.tax_version,
                [t("runs.fileHash")]: run.file_sha256 && <Copyable value={run.file_sha256} what={t("runs.fileHash")} />,
              }}
            />
          </Card>
        </div>
        <Card title={t("runs.history")}>
          <ol className="space-y-2 text-sm">
            {run.transitions.map(({ status, by, at, reason }) => (
              <li key={`${status}${at}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <StatusBadge kind="run" status={status} />
                <Moment at={at} /> <span className="font-medium">{by}</span>
                {reason && <span className="text-muted wrap-anywhere">{reason}</span>}
              </li>
            ))}
          </ol>
        </Card>
        <Items run={run} />
      </div>
    </>
  );
}

function Items({ run }: { run: RunWithHistory }) {
  const { t } = useTranslation();
  const { search, filter } = useFilters<RunSearch>();
  const leftOut = search.view === "out";
  return (
    <Panel>
      <div className="mb-4">
        <Choice
          label={t("runs.items")}
          value={leftOut ? "out" : "paid"}
          options={[
            { value: "paid", label: `${t("nav.payouts")} (${run.payouts})` },
            { value: "out", label: `${t("runs.leftOut")} (${run.left_out})` },
          ]}
          onChoose={(view) => filter({ view: view === "out" ? view : undefined, status: undefined, reason: undefined, columns: undefined })}
        />
      </div>
      {leftOut ? <LeftOut runId={run.id} /> : <RunPayouts runId={run.id} />}
    </Panel>
  );
}
