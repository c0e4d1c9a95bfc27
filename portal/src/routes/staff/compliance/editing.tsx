import type { RuleFlaw, RuleTried } from "~/api/queries/compliance";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import type { Draft, Vocabulary } from "./draft";
import { FlawText } from "./Flaws";

/** What every part of the editor needs. */
export interface Editing {
  draft: Draft;
  vocabulary: Vocabulary;
  change: (draft: Draft) => void;
  /** Of what was saved last, by place. */
  flaws: ReadonlyMap<string, readonly RuleFlaw[]>;
  /** What came of the cases that were saved last, by key. */
  tried: ReadonlyMap<number, RuleTried>;
  /** Places that must be filled in, once the author wanted to save. */
  gaps: ReadonlySet<string>;
}

/** What stands beneath a field: that it is needed, or what the check found there. */
export function useTroubleAt({ flaws, gaps }: Editing) {
  const { t, words } = useTranslation();
  const codes: Record<string, string> = words.version.flawCodes;
  return (place: string, needed: string = t("confirm.needed")): string | undefined => {
    if (gaps.has(place)) return needed;
    const found = flaws.get(place)?.filter(({ level }) => level === "error") ?? [];
    return found.length > 0 ? found.map(({ code, message }) => `${codes[code] ?? code}: ${message}`).join(" ") : undefined;
  };
}

/** What the check found of a part that is no field. */
export function FlawsAt({ editing, place }: { editing: Editing; place: string }) {
  const found = editing.flaws.get(place) ?? [];
  return (
    <>
      {numbered(found).map(({ item, place: at }) => (
        <div key={at} className={`mt-3 rounded-md px-3 py-2 text-sm ${item.level === "error" ? "bg-bad-soft text-bad" : "bg-sunken text-muted"}`}>
          <FlawText flaw={item} />
        </div>
      ))}
    </>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, onChange }: CheckProps) {
  return (
    <label className="flex cursor-pointer items-center gap-2 py-1.5 text-sm">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="size-5 shrink-0 accent-accent" />
      {label}
    </label>
  );
}
