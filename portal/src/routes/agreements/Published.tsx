import { useQuery } from "@tanstack/react-query";
import { agreementsQuery, fileOf } from "~/api/queries/agreements";
import type { Agreement } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import type { Column } from "~/ui/DataTable";
import { Panel } from "~/ui/Panel";
import { Listing } from "../staff/parts/Listing";
import { Code, Count, Day, LINK } from "../staff/parts/values";
import type { ListSearch } from "../staff/search";
import { useMay } from "../useViewer";
import { PublishButton } from "./PublishButton";

function TitleCell({ row }: { row: Agreement }) {
  return (
    <>
      <a href={fileOf(row)} download className={LINK}>
        {row.title}
      </a>
      <span className="block text-xs text-muted">{row.name}</span>
    </>
  );
}

function LanguageCell({ row }: { row: Agreement }) {
  const { t } = useTranslation();
  return t(`language.${row.language}`);
}

const COLUMNS: readonly Column<Agreement>[] = [
  { id: "title", label: "agreements.title", Cell: TitleCell },
  { id: "version", label: "agreements.version", Cell: ({ row }) => <Count value={row.version} />, right: true },
  { id: "language", label: "agreements.language", Cell: LanguageCell },
  { id: "effective", label: "agreements.effective", Cell: ({ row }) => <Day day={row.effective_on} />, wide: true },
  { id: "signed", label: "agreements.signed", Cell: ({ row }) => <Count value={row.signed} />, right: true },
  { id: "sha256", label: "agreements.hash", Cell: ({ row }) => <Code text={row.sha256} />, optional: true },
];

/** Every version in every language, and how many partners signed it. */
export function Published() {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const query = useQuery(agreementsQuery(cursor));
  const writes = useMay("channel:write");
  return (
    <Panel>
      <Listing label={t("nav.agreements")} query={query} columns={COLUMNS} empty={t("agreements.staffNone")} tools={writes && <PublishButton />} />
    </Panel>
  );
}
