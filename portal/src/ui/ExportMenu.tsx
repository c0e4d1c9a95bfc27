import { useTranslation } from "~/i18n/useTranslation";
import { Popover } from "./Popover";

const FORMATS = ["csv", "xlsx"] as const;

interface Props {
  /** The export's address, such as `/v1/exports/orders`. */
  path: string;
  /** What the list is asked for: the file holds exactly what the list shows, all pages of it. */
  query: Readonly<Record<string, string | undefined>>;
  /** Whether filters are set. */
  filtered: boolean;
}

/** A list as a file. */
export function ExportMenu({ path, query, filtered }: Props) {
  const { t } = useTranslation();
  const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return (
    <Popover label={t("list.export")}>
        <div className="space-y-1">
          <p className="max-w-56 text-xs text-muted">{t(filtered ? "list.exportFiltered" : "list.exportAll")}</p>
          {FORMATS.map((format) => (
            <a
              key={format}
              href={`${path}?${new URLSearchParams([["format", format], ...set]).toString()}`}
              download
              className="block rounded px-1 py-1.5 font-medium text-accent hover:underline"
            >
              {format.toUpperCase()}
            </a>
          ))}
        </div>
    </Popover>
  );
}
