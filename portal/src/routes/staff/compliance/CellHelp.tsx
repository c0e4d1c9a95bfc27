import { useTranslation } from "~/i18n/useTranslation";

const EXAMPLES = [
  ["500, >= 500, [1..500]", "editor.helpNumber"],
  ['"agent", not "agent"', "editor.helpText"],
  ["true, false", "editor.helpBoolean"],
  ["null", "editor.helpNull"],
] as const;

/** The grammar of cells, by example. */
export function CellHelp() {
  const { t } = useTranslation();
  return (
    <details className="mb-4 text-sm">
      <summary className="w-fit py-1 font-medium text-accent">{t("editor.help")}</summary>
      <p className="mt-1">{t("editor.helpLead")}</p>
      <dl className="mt-2 grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1">
        {EXAMPLES.map(([example, words]) => (
          <div key={words} className="contents">
            <dt>
              <code className="font-mono text-xs">{example}</code>
            </dt>
            <dd className="text-muted">{t(words)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
