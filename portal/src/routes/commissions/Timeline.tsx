import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { historyQuery } from "~/api/queries/partner";
import type { Commission, Happening } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";

/** What happened to a commission, day by day, and what is to come. */
export function Timeline({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const query = useQuery(historyQuery(commission.id));
  return (
    <Card title={t("commission.timeline")}>
      {query.isPending && <Loading lines={4} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && (
        <ol className="space-y-4 border-l border-line pl-5">
          {query.data.map((happening) => (
            <Entry key={`${happening.kind}:${happening.transaction_hash}`} day={happening.on}>
              <What happening={happening} currency={commission.currency} />
            </Entry>
          ))}
          {commission.status === "pending" && (
            <Entry day={commission.payable_on} toCome>
              <span className="text-muted">{t("commission.expected")}</span>
            </Entry>
          )}
        </ol>
      )}
    </Card>
  );
}

function Entry({ day, toCome = false, children }: { day: string; toCome?: boolean; children: ReactNode }) {
  const format = useFormat();
  return (
    <li className="relative text-sm">
      <span aria-hidden className={`absolute top-1.5 -left-[1.55rem] size-2.5 rounded-full ring-4 ring-surface ${toCome ? "bg-line" : "bg-accent"}`} />
      <span className="money block text-xs text-muted">{format.day(day)}</span>
      {children}
    </li>
  );
}

function What({ happening, currency }: { happening: Happening; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = format.money(happening.amount, currency);
  const parts = [
    ["commission.fromHeld", happening.from_held],
    ["commission.fromAvailable", happening.from_available],
    ["commission.fromFrozen", happening.from_frozen],
    ["commission.toDebt", happening.to_debt],
  ] as const;
  return (
    <>
      <span className="font-medium">{t(`commission.${happening.kind}`, { amount })}</span>
      {parts.map(([key, part]) =>
        BigInt(part) > 0n ? (
          <span key={key} className="block text-muted">
            {t(key, { amount: format.money(part, currency) })}
          </span>
        ) : null,
      )}
      {happening.transaction_hash && (
        <span className="mt-0.5 block max-w-md text-muted">
          <Copyable value={happening.transaction_hash} what={t("field.transaction")} />
        </span>
      )}
    </>
  );
}
