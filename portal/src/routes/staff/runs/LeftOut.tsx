import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { leftOutQuery } from "~/api/queries/finance";
import type { Exclusion } from "~/api/types";
import { exclusions, useCodes, useExclusion } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import type { Column } from "~/ui/DataTable";
import { Money } from "~/ui/Money";
import { SelectFilter } from "~/ui/SelectFilter";
import { Listing } from "../parts/Listing";
import { LINK, PartnerLink } from "../parts/values";
import type { RunSearch } from "../search";

function ReasonCell({ row }: { row: Exclusion }) {
  const exclusion = useExclusion();
  const { language } = useTranslation();
  return (
    <>
      {row.reason in exclusions ? (
        exclusion(row.reason)
      ) : (
        <Link to="/risks" search={{ point: "payout.prepare", rule: row.reason }} className={LINK}>
          {exclusion(row.reason)}
        </Link>
      )}
      {/* The server's sentence has the figures, and is in English. */}
      {row.detail && language === "en" && <span className="block text-xs text-muted">{row.detail}</span>}
    </>
  );
}

const COLUMNS: readonly Column<Exclusion>[] = [
  { id: "partner", label: "field.partner", Cell: ({ row }) => <PartnerLink id={row.partner_id} name={row.partner_name} /> },
  { id: "reason", label: "field.reason", Cell: ReasonCell },
  { id: "available", label: "field.available", Cell: ({ row }) => <Money amount={row.available} currency={row.currency} />, right: true },
];

/** Whom a run left out, each with the reason. */
export function LeftOut({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const word = useCodes();
  const { search, filter } = useFilters<RunSearch>();
  const { reason } = search;
  const query = useQuery(leftOutQuery(runId, search));
  return (
    <Listing
      label={t("runs.leftOut")}
      query={query}
      columns={COLUMNS}
      empty={t("runs.leavesOutNobody")}
      onClear={reason ? () => filter({ reason: undefined }) : undefined}
      tools={
        <SelectFilter
          label={t("field.reason")}
          value={reason}
          options={Object.keys(exclusions).map((code) => ({ value: code, label: word(exclusions, code) }))}
          onSelect={(chosen) => filter({ reason: chosen })}
        />
      }
    />
  );
}
