import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";

/** A page that could not even begin. */
export function RouteTrouble({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <main className="mx-auto max-w-xl p-6">
      <Trouble error={error} onRetry={() => void router.invalidate()} />
      <div className="mt-4 w-fit">
        <LanguageSwitch />
      </div>
    </main>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="mx-auto max-w-xl p-6">
      <PageHeader title={t("errors.pageMissing")}>
        <Link to="/" className="font-medium text-accent hover:underline">
          {t("errors.home")}
        </Link>
      </PageHeader>
      <div className="w-fit">
        <LanguageSwitch />
      </div>
    </main>
  );
}
