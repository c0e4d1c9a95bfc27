import { Link } from "@tanstack/react-router";
import type { RuleDetail } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { LINK } from "../parts/values";

/** The way from a version to the next one, which begins as it; one is open at a time. */
export function DraftLink({ rule, versionId }: { rule: RuleDetail; versionId: string }) {
  const { t } = useTranslation();
  if (!useMay("rules:write")) return null;
  if (rule.open) {
    return (
      <Link to="/rule-versions/$versionId" params={{ versionId: rule.open.id }} className={`${LINK} max-w-xs text-sm`}>
        {t("rules.openDraft", { version: rule.open.version })}
      </Link>
    );
  }
  return (
    <Link
      to="/rule-drafts/new"
      search={{ version: versionId }}
      className="inline-flex min-h-9 items-center rounded-md border border-line bg-surface px-3.5 py-1.5 text-sm font-medium hover:bg-sunken"
    >
      {t("rules.draftFrom")}
    </Link>
  );
}
