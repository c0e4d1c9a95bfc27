import { useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Dialog } from "~/ui/Dialog";
import type { Place } from "../places";
import { useViewer } from "../useViewer";
import { Places } from "./Places";
import { Account } from "./UserMenu";

/** What has no room beside the name on a narrow screen. */
export function NarrowMenu({ places }: { places: readonly Place[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  // The places of staff stand along the side, which needs more room than those of a partner.
  const narrow = useViewer().partner_id === null ? "lg:hidden" : "md:hidden";
  return (
    <div className={narrow}>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className="inline-flex h-9 items-center gap-2 rounded-md border border-line bg-surface px-3 text-sm font-medium"
      >
        <svg aria-hidden viewBox="0 0 14 12" className="size-3.5">
          <path d="M1 1.5h12M1 6h12M1 10.5h12" stroke="currentColor" strokeWidth="1.6" />
        </svg>
        {t("nav.menu")}
      </button>
      <Dialog side title={t("nav.menu")} open={open} onClose={close}>
        <div className="space-y-6 p-4 text-sm">
          <Places places={places} look="menu" />
          <Account />
        </div>
      </Dialog>
    </div>
  );
}
