import type { RuleField, RuleFlaw } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { useFieldName } from "./words";
import { readWhere } from "./where";

/** What is wrong in the reader's language, and how the check says it, with its values. */
export function FlawText({ flaw }: { flaw: RuleFlaw }) {
  const { words } = useTranslation();
  const codes: Record<string, string> = words.version.flawCodes;
  return (
    <>
      <span className="font-medium">{codes[flaw.code] ?? flaw.code}</span>
      <span lang="en" className="block text-xs wrap-anywhere">
        {flaw.message}
      </span>
    </>
  );
}

export function useWhereText(fields: readonly RuleField[]) {
  const { t, words } = useTranslation();
  const nameOf = useFieldName(fields);
  const places: Record<string, string> = words.version.places;
  return (where: string): string => {
    const { part, place, name } = readWhere(where);
    if (part === "rows" && place !== undefined) return name ? t("version.whereCell", { row: place + 1, fact: nameOf(name) }) : t("version.whereRow", { row: place + 1 });
    if (part === "inputs" && place !== undefined) return t("version.whereInput", { input: place + 1 });
    return name ? `${places[part] ?? part}: ${name}` : (places[part] ?? where);
  };
}

/** All flaws of a version, errors first. */
export function Flaws({ flaws, fields }: { flaws: readonly RuleFlaw[]; fields: readonly RuleField[] }) {
  const { t } = useTranslation();
  const whereText = useWhereText(fields);
  if (flaws.length === 0) return <p className="text-sm text-muted">{t("version.noFlaws")}</p>;
  const sorted = flaws.toSorted((one, other) => Number(other.level === "error") - Number(one.level === "error"));
  return (
    <ul className="space-y-3 text-sm">
      {numbered(sorted).map(({ item, place }) => (
        <li key={place} className="grid grid-cols-[auto_1fr] items-baseline gap-x-3">
          <Badge tone={item.level === "error" ? "bad" : "quiet"}>{t(item.level === "error" ? "version.error" : "version.note")}</Badge>
          <div>
            <span className="block text-xs text-muted">{whereText(item.where)}</span>
            <FlawText flaw={item} />
          </div>
        </li>
      ))}
    </ul>
  );
}
