import type { PeriodWithChecklist } from "~/api/types";
import { closing, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";

/** What must be true before a month is closed, and what is missing of it. */
export function Checklist({ items }: { items: PeriodWithChecklist["checklist"] }) {
  const { t } = useTranslation();
  const word = useCodes();
  return (
    <ul className="divide-y divide-line text-sm">
      {items.map(({ name, ok, detail }) => (
        <li key={name} className="flex items-start justify-between gap-4 py-2.5 first:pt-0">
          <span>
            {word(closing, name)}
            {detail && <span className="block text-muted">{detail}</span>}
          </span>
          <Badge tone={ok ? "good" : "wait"}>{t(ok ? "periods.done" : "periods.missing")}</Badge>
        </li>
      ))}
    </ul>
  );
}
