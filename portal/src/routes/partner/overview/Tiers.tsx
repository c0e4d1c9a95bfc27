import { useQuery } from "@tanstack/react-query";
import { tiersQuery } from "~/api/queries/partner";
import type { Tier } from "~/api/types";
import { percentOf } from "~/charts/scale";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { Loading } from "~/ui/Loading";
import { Cell, Head, Table } from "~/ui/Table";
import { Trouble } from "~/ui/Trouble";
import { Estimate } from "./Estimate";

/** Where the partner stands in each plan, what is missing to the next tier, and what that would be worth. */
export function Tiers({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const query = useQuery(tiersQuery(partnerId));
  return (
    <Card title={t("tier.title")} lead={t("tier.lead")}>
      {query.isPending && <Loading lines={4} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && query.data.length === 0 && <Empty text={t("tier.none")} />}
      <div className="divide-y divide-line">
        {query.data?.map((tier) => (
          <section key={tier.plan.id} className="py-5 first:pt-0 last:pb-0">
            <Standing tier={tier} />
            <Estimate partnerId={partnerId} tier={tier} />
          </section>
        ))}
      </div>
    </Card>
  );
}

function Standing({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { plan, currency, missing, next_threshold: threshold } = tier;
  const flat = plan.tier_thresholds.length === 0;
  const money = (minor: string) => format.money(minor, currency);
  const better = tier.rates
    .filter(({ better_bps, next_month_bps }) => better_bps !== null && better_bps > next_month_bps)
    .map(({ better_bps, kind, role }) =>
      t("tier.better", { rate: format.rate(better_bps ?? 0), kind: t(`kind.${kind}`).toLocaleLowerCase(), role: t(`role.${role}`) }),
    );
  const facts = { plan: plan.code, version: plan.version };
  return (
    <>
      <h3 className="text-sm text-muted">
        {tier.customers === 1 ? t("tier.customersOne", facts) : t("tier.customers", { ...facts, customers: format.count(tier.customers) })}
      </h3>
      <p className="mt-1">
        {flat
          ? t("tier.flat")
          : t("tier.now", { tier: tier.tier, month: format.month(tier.tier_month), volume: money(tier.tier_volume) })}
      </p>
      {threshold && missing && better.length > 0 && (
        <>
          <Progress tier={tier} />
          <p className="mt-3 text-sm font-medium">{t("tier.more", { missing: money(missing), rates: format.list(better) })}</p>
        </>
      )}
      {!threshold && !flat && <p className="mt-2 text-sm">{t("tier.highest", { tier: tier.next_tier })}</p>}
      <Rates tier={tier} />
    </>
  );
}

function Progress({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const format = useFormat();
  const threshold = tier.next_threshold ?? "0";
  const label = t("tier.progress", {
    month: format.month(tier.month),
    volume: format.money(tier.volume, tier.currency),
    threshold: format.money(threshold, tier.currency),
  });
  return (
    <div className="mt-3">
      <div aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
        <div className="h-full bg-accent" style={{ width: `${percentOf(BigInt(tier.volume), BigInt(threshold))}%` }} />
      </div>
      <p className="mt-1 text-xs text-muted">{label}</p>
    </div>
  );
}

/** What each role gets now, next month as things stand, and at the next tier. */
function Rates({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const format = useFormat();
  const better = tier.next_threshold !== null;
  return (
    <div className="mt-3">
      <Table label={t("tier.title")}>
        <thead>
          <tr>
            <Head>{t("field.role")}</Head>
            <Head right>{t("tier.nowRate")}</Head>
            <Head right>{t("tier.nextRate")}</Head>
            {better && <Head right>{t("tier.betterRate")}</Head>}
          </tr>
        </thead>
        <tbody>
          {tier.rates.map(({ role, kind, now_bps: now, next_month_bps: next, better_bps: most }) => (
            <tr key={`${role}:${kind}`}>
              <Cell>{t("tier.rate", { kind: t(`kind.${kind}`), role: t(`role.${role}`) })}</Cell>
              <Cell right>
                <span className="money">{format.rate(now)}</span>
              </Cell>
              <Cell right>
                <span className="money">{format.rate(next)}</span>
              </Cell>
              {better && (
                <Cell right>
                  <strong className="money">{most === null ? "–" : format.rate(most)}</strong>
                </Cell>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
