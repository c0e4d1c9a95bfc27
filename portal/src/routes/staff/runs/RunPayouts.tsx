import { useQuery } from "@tanstack/react-query";
import { runPayoutsQuery } from "~/api/queries/finance";
import { useTranslation } from "~/i18n/useTranslation";
import { ALL_COLUMNS } from "~/routes/payouts/columns";
import { useFilters } from "~/routes/search";
import { ExportMenu } from "~/ui/ExportMenu";
import { StatusFilter } from "~/ui/StatusFilter";
import { Listing } from "../parts/Listing";
import type { RunSearch } from "../search";

// Within a run the partner comes first: all are paid on the same day.
const COLUMNS = [...ALL_COLUMNS.filter(({ id }) => id === "partner"), ...ALL_COLUMNS.filter(({ id }) => id !== "partner")];

/** What a run pays. */
export function RunPayouts({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const { search, filter } = useFilters<RunSearch>();
  const { status } = search;
  const query = useQuery(runPayoutsQuery(runId, search));
  return (
    <Listing
      label={t("nav.payouts")}
      query={query}
      columns={COLUMNS}
      empty={t("runs.paysNobody")}
      onClear={status && (() => filter({ status: undefined }))}
      tools={
        <>
          <StatusFilter kind="payout" value={status} onSelect={(chosen) => filter({ status: chosen })} />
          <ExportMenu path="/v1/exports/payouts" query={{ run: runId, status }} filtered />
        </>
      }
    />
  );
}
