import { useTranslation } from "~/i18n/useTranslation";
import { Choice } from "./Choice";
import { setTheme, THEMES, useTheme } from "./theme";

export function ThemeSwitch() {
  const { t } = useTranslation();
  const options = THEMES.map((value) => ({ value, label: t(`theme.${value}`) }));
  return <Choice label={t("theme.title")} value={useTheme()} options={options} onChoose={setTheme} />;
}
