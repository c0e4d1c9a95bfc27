import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { RuleDocument, RuleVersion } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { useStatus } from "~/ui/useStatus";
import { LINK } from "../parts/values";
import { AboutEditor } from "./AboutEditor";
import { CasesEditor } from "./CasesEditor";
import { type Draft, documentOf, gapsOf, placed, type Vocabulary } from "./draft";
import type { Editing } from "./editing";
import { RowsEditor } from "./RowsEditor";
import { SettingsEditor } from "./SettingsEditor";
import { errorsOf, useRuleStep } from "./useRuleStep";
import { useUnsaved } from "./useUnsaved";

interface Props {
  start: Draft;
  vocabulary: Vocabulary;
  /** What is there already; nothing of a rule that is only begun. */
  version?: RuleVersion;
  /** Whether nothing of what it begins with is kept yet. */
  unsaved?: boolean;
  save: (document: RuleDocument) => Promise<RuleVersion>;
}

/** What was saved: the draft, and what the server found of it. */
interface Saved {
  draft: Draft;
  version: RuleVersion | undefined;
}

/** A version of a rule while it is written. What is wrong stands beside what it is about. */
export function Editor({ start, vocabulary, version, save, unsaved = false }: Props) {
  const { t } = useTranslation();
  const status = useStatus("rule");
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(start);
  const [saved, setSaved] = useState<Saved>({ draft: start, version });
  const [wanted, setWanted] = useState(false);
  const dirty = draft !== saved.draft;
  const question = useUnsaved(dirty);
  const open = gapsOf(draft, vocabulary);
  const gaps = wanted ? open : new Set<string>();
  const keep = useMutation({
    mutationFn: async (written: Draft) => {
      const found = await save(documentOf(written, vocabulary));
      setSaved({ draft: written, version: found });
      return found;
    },
  });
  const { run, done, broken } = useRuleStep(saved.version?.id ?? "");

  const showTrouble = () => setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  /** Whether all is saved now. */
  const saveAll = async (): Promise<boolean> => {
    setWanted(true);
    run.reset();
    if (open.size > 0) {
      showTrouble();
      return false;
    }
    if (dirty || unsaved) await keep.mutateAsync(draft);
    return true;
  };
  const take = async (step: "check" | "test") => {
    try {
      if (!(await saveAll())) return;
      const { found } = await run.mutateAsync(step);
      setSaved((before) => ({ ...before, version: found }));
      if (errorsOf(found) > 0) showTrouble();
    } catch {
      // Said below, by whichever of the two it was.
    }
  };

  const found = saved.version;
  const editing: Editing = {
    draft,
    vocabulary,
    change: setDraft,
    // Of what is written since, nobody knows yet what comes of it; an error stays until the next look.
    flaws: placed((found?.flaws ?? []).filter(({ level }) => level === "error" || !dirty), saved.draft),
    tried: new Map(dirty ? [] : saved.draft.cases.flatMap(({ key }, place) => (found?.cases[place] ? [[key, found.cases[place]] as const] : []))),
    gaps,
  };
  const busy = keep.isPending || run.isPending;
  const trouble = gaps.size > 0 ? t("editor.gaps", { count: gaps.size }) : broken && !dirty ? done : undefined;
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void saveAll().catch(() => undefined);
      }}
      className="space-y-6 [&_button]:scroll-mb-40 [&_input]:scroll-mb-40 [&_select]:scroll-mb-40"
    >
      {question}
      <AboutEditor editing={editing} isNew={!version && start.code === ""} />
      {draft.kind === "table" ? <RowsEditor editing={editing} /> : <SettingsEditor editing={editing} />}
      <CasesEditor editing={editing} />
      <div className="sticky bottom-0 z-10 -mx-4 space-y-3 border-y border-line bg-surface px-4 py-3 text-sm shadow-lg sm:mx-0 sm:rounded-xl sm:border-x">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Button type="submit" look="main" disabled={busy}>
            {t("editor.save")}
          </Button>
          {found && !unsaved && (
            <>
              <Button disabled={busy || (!dirty && found.state !== "draft" && found.state !== "checked")} onClick={() => void take("check")}>
                {t("version.check")}
              </Button>
              <Button disabled={busy || dirty || found.state !== "checked"} onClick={() => void take("test")}>
                {t("version.test")}
              </Button>
              <Link to="/rule-versions/$versionId" params={{ versionId: found.id }} className={LINK}>
                {t("editor.toVersion")}
              </Link>
            </>
          )}
          <span className="ml-auto text-muted">{dirty || unsaved ? t("editor.unsaved") : status(found?.state ?? "draft").label}</span>
        </div>
        {trouble ? (
          <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-bad">
            {trouble}
          </p>
        ) : (
          <Done error={keep.error ?? run.error} done={dirty ? undefined : (done ?? (keep.isSuccess ? t("editor.saved") : undefined))} />
        )}
      </div>
    </form>
  );
}
