import { type Bilingual, type Fact, type Finding, POINTS, type Point, type RuleField } from "~/api/queries/compliance";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { StatusBadge } from "~/ui/StatusBadge";
import type { useStatus } from "~/ui/useStatus";
import { NOTHING } from "../parts/values";

/** What rules say, and what they are called, stands in both languages beside each other. */
export function useSaid() {
  const { language } = useTranslation();
  return (said: Bilingual): string => (language === "en" ? said.en : said.zh);
}

/** A point as the dictionaries name it: a dot there parts one name from the next. */
const nameOf = (point: Point) => point.replace(".", "_") as keyof ReturnType<typeof useTranslation>["words"]["points"];

export function usePoint() {
  const { words } = useTranslation();
  return (point: Point): string => words.points[nameOf(point)];
}

export const isPoint = (value: string | undefined): value is Point => POINTS.some((point) => point === value);

/** What a finding does while it stops, or why it does nothing. */
export function useEffectOf() {
  const { words } = useTranslation();
  return (finding: Finding): string => (finding.stops ? words.finding.stops[nameOf(finding.point)] : words.finding.stopsNothing[finding.state]);
}

export function useSubject() {
  const { words } = useTranslation();
  const kinds: Record<string, string> = words.finding.subjects;
  return (kind: string): string => kinds[kind] ?? kind;
}

/** A fact as people read it: what is not known says so, which is a value of its own; basis points are percent as well. */
export function useFact() {
  const { t } = useTranslation();
  const format = useFormat();
  return (name: string, fact: Fact | undefined): string => {
    if (fact === undefined) return NOTHING;
    if (fact === null) return t("finding.unknown");
    if (typeof fact === "boolean") return t(fact ? "finding.yes" : "finding.no");
    return typeof fact === "number" && name.endsWith("_bps") ? `${fact} (${format.rate(fact)})` : String(fact);
  };
}

/** Facts have a name for cells, and one for people. */
export function useFieldName(fields: readonly RuleField[]) {
  const said = useSaid();
  const about = new Map(fields.map((field) => [field.name, field.about]));
  return (name: string): string => {
    const found = about.get(name);
    return found ? said(found) : name;
  };
}

export const Outcome = ({ outcome }: { outcome: string }) => <StatusBadge kind="outcome" status={outcome} />;

export const outcomeOptions = (words: ReturnType<typeof useStatus>, outcomes: readonly Finding["outcome"][]) =>
  outcomes.map((value) => ({ value, label: words(value).label }));
