import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Page } from "~/api/types";
import { useFilters } from "~/routes/search";
import { ColumnPicker } from "~/ui/ColumnPicker";
import { type Column, DataTable } from "~/ui/DataTable";
import { List } from "~/ui/List";
import type { ListSearch } from "../search";

interface Props<Row extends { id: string }> {
  label: string;
  query: UseQueryResult<Page<Row>>;
  columns: readonly Column<Row>[];
  /** Said when nothing exists at all. */
  empty: string;
  /** Filters, and what can be done with the list. */
  tools?: ReactNode;
  /** Given when filters are set: takes them back. */
  onClear?: (() => void) | undefined;
}

/** A list of the staff's: its filters, its place and its columns stand in the address. */
export function Listing<Row extends { id: string }>({ label, query, columns, empty, tools, onClear }: Props<Row>) {
  const { search, cursor, filter, move } = useFilters<ListSearch>();
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        {tools}
        <div className="ml-auto">
          <ColumnPicker columns={columns} picked={search.columns} onPick={(picked) => filter({ columns: picked })} />
        </div>
      </div>
      <List query={query} cursor={cursor} onMove={move} empty={empty} onClear={onClear}>
        {(rows, busy) => <DataTable label={label} columns={columns} rows={rows} busy={busy} picked={search.columns} />}
      </List>
    </>
  );
}
