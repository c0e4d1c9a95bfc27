import { type ComponentType, useRef } from "react";
import type { Label } from "~/i18n/translate";
import { useTranslation } from "~/i18n/useTranslation";
import { Cell, Table } from "./Table";
import { useArrowKeys } from "./useArrowKeys";

export interface Column<Row> {
  /** As the address names it. */
  id: string;
  label: Label;
  Cell: ComponentType<{ row: Row }>;
  /** Figures stand at the right. */
  right?: boolean;
  /** Left out where there is no room. */
  wide?: boolean;
  /** Shown only to whoever picks it. */
  optional?: boolean;
  /** By what the server can put the rows in order: what it calls it. */
  sort?: string;
}

interface Props<Row extends { id: string }> {
  label: string;
  /** The first is always shown. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  busy?: boolean;
  /** What the reader picked, as the address has it: `order,amount`. */
  picked?: string | undefined;
  /** `amount` for rising, `-amount` for falling. */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
}

/** The columns that the reader wants to see. */
export function columnsShown<Row>(columns: readonly Column<Row>[], picked: string | undefined): readonly Column<Row>[] {
  const wanted = picked?.split(",");
  return columns.filter(({ id, optional }, at) => at === 0 || (wanted ? wanted.includes(id) : !optional));
}

const linksOfRows = (body: HTMLElement) => [...body.querySelectorAll<HTMLElement>("tr > :first-child :is(a, button)")];

/** Rows of a list. The arrows, and j and k, move from row to row; Enter opens the one that has the focus. */
export function DataTable<Row extends { id: string }>({ label, columns, rows, busy = false, picked, sort, onSort }: Props<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const shown = columnsShown(columns, picked);
  // Who picked columns wants them, however narrow the screen: the table then scrolls by itself.
  const fits = ({ wide = false, ...column }: Column<Row>): Column<Row> => ({ ...column, wide: wide && !picked });

  useArrowKeys(body, linksOfRows);

  return (
    <Table label={label} busy={busy}>
      <thead>
        <tr>
          {shown.map(fits).map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <tr key={row.id} className="focus-within:bg-sunken hover:bg-sunken">
            {shown.map(fits).map(({ id, Cell: Content, right, wide }) => (
              <Cell key={id} right={right} wide={wide}>
                <Content row={row} />
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface HeadCellProps<Row> {
  column: Column<Row>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const { t } = useTranslation();
  const { right, wide } = column;
  const label = t(column.label);
  const place = `border-b border-line px-2 py-2 text-xs font-medium text-muted first:pl-0 last:pr-1 sm:px-3 ${right ? "text-right" : "text-left"} ${wide ? "hidden md:table-cell" : ""}`;
  if (!column.sort || !onSort) {
    return (
      <th scope="col" className={place}>
        {label}
      </th>
    );
  }
  const rising = sort === column.sort;
  const falling = sort === `-${column.sort}`;
  return (
    <th scope="col" aria-sort={rising ? "ascending" : falling ? "descending" : "none"} className={place}>
      <button
        type="button"
        title={t("list.sortBy", { column: label })}
        onClick={() => onSort(falling ? (column.sort ?? "") : `-${column.sort}`)}
        className="font-medium hover:text-ink"
      >
        {label} <span aria-hidden>{rising ? "↑" : falling ? "↓" : "↕"}</span>
      </button>
    </th>
  );
}
