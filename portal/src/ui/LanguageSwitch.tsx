import { LANGUAGES, type Language, setLanguage } from "~/i18n";
import { useTranslation } from "~/i18n/useTranslation";
import { Choice } from "./Choice";

const OPTIONS = (Object.entries(LANGUAGES) as [Language, string][]).map(([value, label]) => ({ value, label, lang: value }));

export function LanguageSwitch() {
  const { t, language } = useTranslation();
  return <Choice label={t("app.language")} value={language} options={OPTIONS} onChoose={(chosen) => void setLanguage(chosen)} />;
}
