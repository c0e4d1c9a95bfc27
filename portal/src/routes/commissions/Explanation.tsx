import type { ReactNode } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import type { Commission } from "~/api/types";
import { today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { Badge } from "~/ui/Badge";
import { Copyable } from "~/ui/Copyable";
import { useViewer } from "~/routes/useViewer";
import { useStatus } from "~/ui/useStatus";
import { Sum } from "./Sum";
import { useTierText } from "./useTierText";

/** Why a partner got this amount and when it is paid: every figure with the rule behind it, and where to check it. */
export function Explanation({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const viewer = useViewer();
  const tierText = useTierText(viewer.partner_id === commission.partner_id);
  const { role, kind, plan, finalized } = commission;
  return (
    <div className="max-w-3xl whitespace-normal">
      <Sum commission={commission} />
      <dl className="mt-4 grid gap-x-6 gap-y-1 sm:grid-cols-[9rem_1fr] sm:gap-y-2.5">
        <Line name={t("field.rate")}>
          {format.rate(commission.rate_bps)} · {t("explain.rule", { role: t(`role.${role}`), kind: t(`kind.${kind}`) })}
        </Line>
        <Line name={t("field.tier")}>{tierText(commission)}</Line>
        <Line name={t("field.plan")}>{t("explain.planVersion", { code: plan.code, version: plan.version })}</Line>
        <Line name={t("explain.customerPaid")}>{format.day(commission.order_paid_on)}</Line>
        <Line name={t("field.payable")}>
          <When commission={commission} />
        </Line>
        <TakenBack commission={commission} />
        <Line name={t("field.transaction")}>
          <Copyable value={commission.transaction_hash} what={t("field.transaction")} />
        </Line>
        <Line name={t("field.block")}>
          <span className="money mr-2">{format.count(commission.block_number)}</span>
          <Badge tone={finalized ? "good" : "wait"}>{t(finalized ? "explain.final" : "explain.notFinal")}</Badge>{" "}
          <span className="text-muted">{t(finalized ? "explain.finalNote" : "explain.notFinalNote")}</span>
        </Line>
        <Line name={t("field.batch")}>
          <Copyable value={commission.batch_id} what={t("field.batch")} />
        </Line>
      </dl>
    </div>
  );
}

function TakenBack({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { amount, clawed_back: taken, currency } = commission;
  if (BigInt(taken) === 0n) return null;
  const left = format.money(BigInt(amount) - BigInt(taken), currency);
  return <Line name={t("commission.takenBack")}>{t("commission.takenBackWhy", { amount: format.money(taken, currency), left })}</Line>;
}

function When({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useStatus("commission");
  // What was held and is now due still counts as pending until the contract releases it, at the latest when it is paid.
  const due = commission.status === "pending" && commission.payable_on <= today();
  const { next } = words(due ? "approved" : commission.status);
  if (BigInt(commission.amount) === 0n) return next;
  const payable = format.day(commission.payable_on);
  if (commission.paid_on) return t("explain.whenPaid", { paid: format.day(commission.paid_on), payable });
  const days = commission.plan.hold_days;
  const rule = days > 0 ? t("explain.whenHeld", { payable, settled: format.day(commission.settled_on), days }) : t("explain.whenNow", { payable });
  return (
    <>
      {rule} <span className="block text-muted">{next}</span>
    </>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="mt-2 text-muted sm:mt-0">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
