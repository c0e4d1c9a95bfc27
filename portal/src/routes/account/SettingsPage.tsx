import { useTranslation } from "~/i18n/useTranslation";
import { PageHeader } from "~/ui/PageHeader";

/** The reader's own account. */
export function SettingsPage() {
  const { t } = useTranslation();
  return <PageHeader title={t("nav.settings")} />;
}
