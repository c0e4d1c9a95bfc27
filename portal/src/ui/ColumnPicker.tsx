import { useTranslation } from "~/i18n/useTranslation";
import { type Column, columnsShown } from "./DataTable";
import { Popover } from "./Popover";

interface Props<Row> {
  columns: readonly Column<Row>[];
  picked: string | undefined;
  /** With what the address shall say; nothing for the columns shown from the start. */
  onPick: (picked: string | undefined) => void;
}

/** Which columns a table has. */
export function ColumnPicker<Row>({ columns, picked, onPick }: Props<Row>) {
  const { t } = useTranslation();
  const shown = new Set(columnsShown(columns, picked).map(({ id }) => id));
  const toggle = (changed: string) => {
    const wanted = columns.filter(({ id }) => (id === changed ? !shown.has(id) : shown.has(id)));
    const usual = columnsShown(columns, undefined);
    const same = wanted.length === usual.length && wanted.every(({ id }, at) => id === usual[at]?.id);
    onPick(same ? undefined : wanted.map(({ id }) => id).join(","));
  };
  return (
    <Popover label={t("list.columns")}>
        <fieldset className="space-y-1">
          <legend className="sr-only">{t("list.columns")}</legend>
          {columns.slice(1).map(({ id, label }) => (
            <label key={id} className="flex cursor-pointer items-center gap-2 py-1">
              <input type="checkbox" checked={shown.has(id)} onChange={() => toggle(id)} className="size-4 accent-accent" />
              {t(label)}
            </label>
          ))}
          {picked && (
            <button type="button" onClick={() => onPick(undefined)} className="pt-1 font-medium text-accent hover:underline">
              {t("list.columnsUsual")}
            </button>
          )}
        </fieldset>
    </Popover>
  );
}
