import { useTranslation } from "~/i18n/useTranslation";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { PageHeader } from "~/ui/PageHeader";
import { ThemeSwitch } from "~/ui/ThemeSwitch";
import { Wordmark } from "~/ui/Wordmark";
import { Lists } from "./Lists";
import { Overlays } from "./Overlays";
import { Parts } from "./Parts";

/** Everything in `ui/`, in every state: whoever changes a part sees here what it does to the others. */
export function DesignPage() {
  const { t } = useTranslation();
  return (
    <div className="mx-auto max-w-5xl px-4 py-6 sm:px-6">
      <header className="mb-8 flex flex-wrap items-center justify-between gap-3">
        <Wordmark />
        <div className="flex flex-wrap gap-2">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="space-y-6">
        <PageHeader title={t("design.title")}>{t("design.lead")}</PageHeader>
        <Parts />
        <Overlays />
        <Lists />
      </main>
    </div>
  );
}
