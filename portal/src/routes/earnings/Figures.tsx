import { useTranslation } from "~/i18n/useTranslation";
import type { Earnings } from "~/api/types";
import { today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { Figure } from "~/ui/Figure";

/** The four figures that a partner comes for. */
export function Figures({ earnings }: { earnings: Earnings }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency, next_release: release } = earnings;
  const next = release
    ? t(release.on > today() ? "earnings.nextRelease" : "earnings.releaseDue", {
        amount: format.money(release.amount, currency),
        day: format.day(release.on),
      })
    : t("earnings.noRelease");
  return (
    <>
      <dl className="grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-2 lg:grid-cols-4">
        <Figure main label={t("earnings.available")} amount={earnings.available} currency={currency} note={t("earnings.availableNote")} />
        <Figure label={t("earnings.held")} amount={earnings.held} currency={currency} note={next} />
        <Figure
          label={t("earnings.frozen")}
          amount={earnings.frozen}
          currency={currency}
          note={t(BigInt(earnings.frozen) > 0n ? "earnings.frozenNote" : "earnings.frozenNone")}
        />
        <Figure label={t("earnings.paid")} amount={earnings.paid} currency={currency} note={t("earnings.paidNote")} />
      </dl>
      <p className="text-sm text-muted">
        {BigInt(earnings.clawed_back) > 0n
          ? t("earnings.earnedClawed", { earned: format.money(earnings.earned, currency), clawed: format.money(earnings.clawed_back, currency) })
          : t("earnings.earned", { earned: format.money(earnings.earned, currency) })}
      </p>
      {BigInt(earnings.debt) > 0n && (
        <p className="rounded-lg bg-wait-soft px-4 py-3 text-sm">{t("earnings.debt", { amount: format.money(earnings.debt, currency) })}</p>
      )}
    </>
  );
}
