import type { ReactNode } from "react";

interface TableProps {
  label: string;
  busy?: boolean;
  /** Nothing in it takes the keyboard, which must be able to scroll it all the same. */
  still?: boolean;
  children: ReactNode;
}

/** Wider than its place, a table scrolls by itself and not the page. A line above it says that other rows are coming. */
export function Table({ label, busy = false, still = false, children }: TableProps) {
  return (
    <div {...(still && { role: "group", "aria-label": label, tabIndex: 0 })} className={`-mx-4 overflow-x-auto border-t-2 px-4 sm:mx-0 sm:px-0 ${busy ? "border-accent" : "border-transparent"}`}>
      <table
        aria-label={label}
        aria-busy={busy}
        className="w-full border-collapse text-sm"
      >
        {children}
      </table>
    </div>
  );
}

interface CellProps {
  children?: ReactNode;
  /** Figures stand at the right. */
  right?: boolean | undefined;
  /** Left out where there is no room. */
  wide?: boolean | undefined;
}

const place = ({ right, wide }: CellProps) => `${right ? "text-right" : "text-left"} ${wide ? "hidden md:table-cell" : ""}`;

export function Head(props: CellProps) {
  return (
    <th scope="col" className={`border-b border-line px-2 py-2 text-xs sm:px-3 font-medium text-muted first:pl-0 last:pr-1 ${place(props)}`}>
      {props.children}
    </th>
  );
}

export function Cell(props: CellProps) {
  return <td className={`border-b border-line px-2 py-2.5 align-baseline sm:px-3 first:pl-0 last:pr-1 ${place(props)}`}>{props.children}</td>;
}
