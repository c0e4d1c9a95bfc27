import type { Period } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { NOTHING } from "../parts/values";

/** Whether a period's checkpoint is on chain. */
export function Anchored({ checkpoint }: { checkpoint: Period["checkpoint"] }) {
  const { t } = useTranslation();
  if (!checkpoint) return <>{NOTHING}</>;
  const there = checkpoint.block_number !== null;
  return <Badge tone={there ? "good" : "wait"}>{t(there ? "periods.anchored" : "periods.anchoring")}</Badge>;
}
