import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type RuleVersion, stepRule } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";

export const errorsOf = (version: RuleVersion) => version.flaws.filter(({ level }) => level === "error").length;

export function useRefreshRules() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["rules"] });
}

type Step = "check" | "test" | "approve";

/** Checks, tests or approves a version, and says what came of it. */
export function useRuleStep(id: string) {
  const { t } = useTranslation();
  const refresh = useRefreshRules();
  const run = useMutation({
    mutationFn: async (step: Step) => {
      const found = await stepRule(id, step);
      await refresh();
      return { step, found };
    },
  });
  const { step, found } = run.data ?? {};
  const errors = found ? errorsOf(found) : 0;
  const broken = errors > 0 || (step === "test" && found?.state !== "tested");
  const done =
    step === "check" ? (errors > 0 ? t("editor.broken", { count: errors }) : t("editor.checked")) : step === "test" ? t(broken ? "editor.notTested" : "editor.tested") : undefined;
  return { run, done, broken };
}
