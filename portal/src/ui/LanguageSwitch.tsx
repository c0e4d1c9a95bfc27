import { useTranslation } from "~/i18n/useTranslation";
import { LANGUAGES, type Language, setLanguage } from "~/i18n";

export function LanguageSwitch() {
  const { t, language: current } = useTranslation();
  return (
    <fieldset className="flex rounded-md border border-line bg-surface p-0.5 text-xs">
      <legend className="sr-only">{t("app.language")}</legend>
      {(Object.entries(LANGUAGES) as [Language, string][]).map(([language, name]) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === current}
          onClick={() => void setLanguage(language)}
          className="rounded px-2 py-1 whitespace-nowrap text-muted hover:text-ink aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-ink"
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
