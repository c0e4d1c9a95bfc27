import type { PeriodWithChecklist } from "~/api/types";
import { closing, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";

/** What must be true before a month is closed, and what is missing of it. */
export function Checklist({ items }: { items: PeriodWithChecklist["checklist"] }) {
  const { t } = useTranslation();
  const word = useCodes();
  const format = useFormat();
  const spell = (about: string) => (/^\d{4}-\d{2}$/.test(about) ? format.month(about) : /-/.test(about) ? format.day(about) : about);
  return (
    <ul className="divide-y divide-line text-sm">
      {items.map(({ name, ok, missing, about }) => (
        <li key={name} className="flex items-start justify-between gap-4 py-2.5 first:pt-0">
          <span>
            {word(closing, name)}
            {missing && <span className="block text-muted">{t(`periods.missing_${missing}`, { about: about === null ? "" : spell(about) })}</span>}
          </span>
          <Badge tone={ok ? "good" : "wait"}>{t(ok ? "periods.done" : "periods.missing")}</Badge>
        </li>
      ))}
    </ul>
  );
}
