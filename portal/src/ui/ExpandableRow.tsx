import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";

interface Props {
  /** What the row is called, for those who do not see it. */
  name: string;
  /** The content of the first cell, beside the arrow. */
  first: ReactNode;
  /** The other cells. */
  cells: ReactNode;
  columns: number;
  /** What is shown beneath, once the row is opened. */
  children: ReactNode;
}

export function ExpandableRow({ name, first, cells, columns, children }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const details = useId();
  return (
    <>
      <tr className={open ? "bg-sunken" : "hover:bg-sunken"}>
        <td className="border-b border-line p-0 align-baseline">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={details}
            aria-label={t(open ? "list.hide" : "list.show", { name })}
            onClick={() => setOpen(!open)}
            className="flex w-full items-baseline gap-2 py-2.5 pr-2 pl-1 text-left"
          >
            <svg aria-hidden viewBox="0 0 10 10" className={`size-2.5 shrink-0 text-muted transition-transform ${open ? "rotate-90" : ""}`}>
              <path d="M3 1l4 4-4 4" fill="none" stroke="currentColor" strokeWidth="1.6" />
            </svg>
            <span className="min-w-0">{first}</span>
          </button>
        </td>
        {cells}
      </tr>
      <tr id={details} hidden={!open}>
        <td colSpan={columns} className="border-b border-line bg-sunken p-0">
          {open && children}
        </td>
      </tr>
    </>
  );
}
