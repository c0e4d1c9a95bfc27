import { Link } from "@tanstack/react-router";
import type { Label } from "~/i18n/translate";
import { useTranslation } from "~/i18n/useTranslation";

/** The way from one thing to the list that it is in. */
export function Back({ to, label }: { to: string; label: Label }) {
  const { t } = useTranslation();
  return (
    <Link to={to} className="mb-3 inline-block text-sm font-medium text-accent hover:underline">
      ← {t(label)}
    </Link>
  );
}
