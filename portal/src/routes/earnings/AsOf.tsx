import type { Earnings } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";

/** How far the chain was read. */
export function AsOf({ asOf }: { asOf: Earnings["as_of"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return t("earnings.asOf", {
    block: format.count(asOf.block_number),
    time: asOf.block_time ? format.time(asOf.block_time) : "–",
    final: format.count(asOf.finalized_block),
  });
}
