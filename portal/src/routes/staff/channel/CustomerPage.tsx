import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { customerQuery } from "~/api/queries/channel";
import { type Attribution, ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Count, LINK } from "../parts/values";
import { Earner, PlanName } from "./customers";

/** Who earned a customer, and who did before. */
export function CustomerPage() {
  const { t } = useTranslation();
  const { customerId } = useParams({ from: "/app/customers/$customerId" });
  const query = useQuery(customerQuery(customerId));
  return (
    <>
      <Back to="/customers" label="nav.customers" />
      <Loaded query={query}>
        {(customer) => (
          <>
            <PageHeader title={customer.external_id}>
              <Link to="/orders" search={{ search: customer.external_id }} className={LINK}>
                {t("customers.orders")}
              </Link>
            </PageHeader>
            <Card title={t("customers.history")} lead={t("customers.historyLead")}>
              {customer.attributions.length === 0 && <Empty text={t("customers.nobody")} />}
              <ol className="space-y-6">
                {customer.attributions.map((attribution) => (
                  <li key={attribution.id} className="border-l-2 border-line pl-4">
                    <Entry attribution={attribution} />
                  </li>
                ))}
              </ol>
            </Card>
          </>
        )}
      </Loaded>
    </>
  );
}

function Entry({ attribution }: { attribution: Attribution }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { effective_from: from, effective_until: until } = attribution;
  return (
    <>
      <h3 className="mb-2 flex flex-wrap items-baseline gap-3 text-sm font-medium">
        {until ? t("customers.fromTo", { from: format.time(from), until: format.time(until) }) : t("customers.from", { from: format.time(from) })}
        <StatusBadge kind="attribution" status={attribution.status} />
      </h3>
      <Facts
        facts={{
          ...Object.fromEntries(ROLES.map((role) => [t(`role.${role}`), <Earner key={role} attribution={attribution} role={role} />])),
          [t("field.plan")]: <PlanName attribution={attribution} />,
          [t("field.block")]: <Count value={attribution.block_number} />,
          [t("field.transaction")]: attribution.transaction_hash && <Copyable value={attribution.transaction_hash} what={t("field.transaction")} />,
        }}
      />
    </>
  );
}
