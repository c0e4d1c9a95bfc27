import { type LiveState, useLiveState } from "~/api/live";
import { useTranslation } from "~/i18n/useTranslation";

const DOTS: Record<LiveState, string> = {
  connecting: "bg-muted",
  live: "bg-good",
  lost: "bg-wait",
  offline: "bg-bad",
};

/** Whether changes show by themselves. */
export function LiveMark() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <output title={t(`live.${state}Note`)} className="inline-flex items-center gap-1.5 text-xs whitespace-nowrap text-muted">
      <span aria-hidden className={`size-2 rounded-full ${DOTS[state]}`} />
      {t(`live.${state}`)}
    </output>
  );
}

/** Says so in full when what is on the page may be out of date. */
export function LiveBanner() {
  const { t } = useTranslation();
  const state = useLiveState();
  const trouble = state === "lost" || state === "offline";
  return (
    <output className={trouble ? "block bg-wait-soft px-4 py-2 text-center text-sm" : ""}>
      {trouble && t(`live.${state}Note`)}
    </output>
  );
}
