import { useQuery } from "@tanstack/react-query";
import { plansQuery } from "~/api/queries/channel";
import { type Plan, ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Loaded } from "../parts/Loaded";
import { Count } from "../parts/values";
import { type PlanGroup, groupsOf, KINDS, ratesOf } from "./plans";

/** Plans: the versions of each side by side, so that a change meets the eye. */
export function PlansPage() {
  const { t } = useTranslation();
  const query = useQuery(plansQuery);
  return (
    <>
      <PageHeader title={t("nav.plans")}>{t("plans.lead")}</PageHeader>
      <Loaded query={query}>
        {(plans) =>
          plans.length > 0 ? (
            <div className="space-y-6">
              {groupsOf(plans).map((group) => (
                <Card key={group.code} title={group.code}>
                  <Versions group={group} />
                </Card>
              ))}
            </div>
          ) : (
            <Panel>
              <Empty text={t("plans.empty")} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}

/** Tier by tier. */
const steps = (parts: readonly string[]) => parts.join(" → ");

/** What a version has that the one before it had otherwise stands out. */
function Versions({ group }: { group: PlanGroup }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { code, versions } = group;
  const line = (label: string, value: (plan: Plan) => string) => (
    <tr key={label}>
      <Cell>
        <span className="block min-w-24">{label}</span>
      </Cell>
      {versions.map((plan, at) => {
        const before = versions[at + 1];
        const changed = before !== undefined && value(before) !== value(plan);
        return (
          <Cell key={plan.id} right>
            <span className={`tabular-nums ${changed ? "rounded bg-wait-soft px-1.5 py-0.5 font-semibold" : ""}`} title={changed ? t("plans.changed", { before: value(before) }) : undefined}>
              {value(plan)}
            </span>
          </Cell>
        );
      })}
    </tr>
  );
  const thresholds = (plan: Plan) => steps(plan.tier_thresholds.map((minor) => format.money(minor, plan.currency))) || "–";
  return (
    <Table label={code}>
      <thead>
        <tr>
          <Head>{t("plans.version")}</Head>
          {versions.map((plan) => (
            <Head key={plan.id} right>
              <span className="mr-2">{plan.version}</span>
              <StatusBadge kind="plan" status={plan.status} />
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {line(t("plans.hold"), (plan) => t("plans.days", { days: plan.hold_days }))}
        {line(t("plans.thresholds"), thresholds)}
        {KINDS.flatMap((kind) =>
          ROLES.map((role) => line(`${t(`kind.${kind}`)} · ${t(`role.${role}`)}`, (plan) => steps(ratesOf(plan, kind, role).map(format.rate)))),
        )}
        <tr>
          <Cell>{t("plans.customers")}</Cell>
          {versions.map((plan) => (
            <Cell key={plan.id} right>
              <Count value={plan.customers} />
            </Cell>
          ))}
        </tr>
        <tr>
          <Cell>{t("field.transaction")}</Cell>
          {versions.map((plan) => (
            <Cell key={plan.id} right>
              {plan.transaction_hash ? (
                <span className="inline-flex max-w-40">
                  <Copyable value={plan.transaction_hash} what={t("field.transaction")} />
                </span>
              ) : (
                "–"
              )}
            </Cell>
          ))}
        </tr>
      </tbody>
    </Table>
  );
}
