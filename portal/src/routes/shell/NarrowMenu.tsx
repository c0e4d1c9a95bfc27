import { lazy, Suspense, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import type { Place } from "../places";
import { useViewer } from "../useViewer";
import { Places } from "./Places";
import { Account } from "./UserMenu";

const Dialog = lazy(async () => ({ default: (await import("~/ui/Dialog")).Dialog }));

/** What has no room beside the name on a narrow screen. */
export function NarrowMenu({ places }: { places: readonly Place[] }) {
  const { t } = useTranslation();
  // Before it was opened once there is no dialog: most screens are wide, and need not load it.
  const [open, setOpen] = useState<boolean>();
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
      {open !== undefined && (
        <Suspense fallback={null}>
          <Dialog side title={t("nav.menu")} open={open} onClose={close}>
            <div className="space-y-6 p-4 text-sm">
              <Places places={places} look="menu" />
              <Account />
            </div>
          </Dialog>
        </Suspense>
      )}
    </div>
  );
}
