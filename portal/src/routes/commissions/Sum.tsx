import { useTranslation } from "~/i18n/useTranslation";
import type { Commission } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";

/** The reckoning in one line, done again in the browser: base × rate = amount. */
export function Sum({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { base, rate_bps: rate, amount, currency } = commission;
  const { unrounded, rounding } = format.share(base, rate, amount, currency);
  const nothing = BigInt(amount) === 0n && rounding !== "wrong";
  return (
    <div>
      <p className="text-base sm:text-lg">
        <span className="money">{format.money(base, currency)}</span> × <span className="money">{format.rate(rate)}</span> ={" "}
        <strong className="money">{format.money(amount, currency)}</strong>{" "}
        <span className={`text-sm ${rounding === "wrong" ? "text-bad" : "text-muted"}`}>({t(`explain.${rounding}`, { unrounded })})</span>
      </p>
      {nothing && <p className="mt-1 text-muted">{t(rate === 0 ? "explain.zeroRate" : "explain.zeroRounded")}</p>}
    </div>
  );
}
