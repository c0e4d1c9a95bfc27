import { Link } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { Popover } from "~/ui/Popover";
import { ThemeSwitch } from "~/ui/ThemeSwitch";
import { useViewer } from "../useViewer";
import { useSignOut } from "./useSignOut";

/** Who am I, how do I want to read, and out; on narrow screens the menu says it. */
export function UserMenu() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const name = viewer.partner_name ?? viewer.login;
  return (
    <div className="hidden md:block">
      <Popover label={`${t("nav.account")}: ${name}`} face={<span className="max-w-44 truncate">{name}</span>}>
        <Account />
      </Popover>
    </div>
  );
}

export function Account() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const leave = useSignOut();
  return (
    <div className="space-y-4">
      <p className="max-w-64">
        <span className="block font-medium wrap-anywhere">{viewer.partner_name ?? viewer.login}</span>
        <span className="block text-xs text-muted wrap-anywhere">
          {viewer.login} · {t(`memberRole.${viewer.role}`)}
        </span>
      </p>
      <LanguageSwitch />
      <ThemeSwitch />
      <div className="flex items-center justify-between gap-6 border-t border-line pt-3">
        <Link to="/settings" className="font-medium text-accent hover:underline">
          {t("nav.settings")}
        </Link>
        <button type="button" disabled={leave.isPending} onClick={() => leave.mutate()} className="font-medium text-accent hover:underline">
          {t("nav.signOut")}
        </button>
      </div>
    </div>
  );
}
