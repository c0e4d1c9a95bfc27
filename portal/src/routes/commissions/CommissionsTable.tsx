import { useTranslation } from "~/i18n/useTranslation";
import type { Commission } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { ExpandableRow } from "~/ui/ExpandableRow";
import { Money } from "~/ui/Money";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Explanation } from "./Explanation";

export function CommissionsTable({ commissions, busy = false }: { commissions: readonly Commission[]; busy?: boolean }) {
  const { t } = useTranslation();
  return (
    <Table label={t("earnings.commissions")} busy={busy}>
      <thead>
        <tr>
          <Head>{t("field.order")}</Head>
          <Head wide>{t("field.role")}</Head>
          <Head wide>{t("field.settledOn")}</Head>
          <Head right wide>
            {t("field.base")}
          </Head>
          <Head right wide>
            {t("field.rate")}
          </Head>
          <Head right>{t("field.amount")}</Head>
          <Head wide>{t("explain.when")}</Head>
          <Head right>{t("field.status")}</Head>
        </tr>
      </thead>
      <tbody>
        {commissions.map((commission) => (
          <CommissionRow key={commission.id} commission={commission} />
        ))}
      </tbody>
    </Table>
  );
}

function CommissionRow({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = commission;
  const cells = (
    <>
      <Cell wide>{t(`role.${commission.role}`)}</Cell>
      <Cell wide>
        <span className="money">{format.day(commission.settled_on)}</span>
      </Cell>
      <Cell right wide>
        <span className="money text-muted">{format.amount(commission.base, currency)}</span>
      </Cell>
      <Cell right wide>
        <span className="money text-muted">{format.rate(commission.rate_bps)}</span>
      </Cell>
      <Cell right>
        <Money amount={commission.amount} currency={currency} strong />
      </Cell>
      <Cell wide>
        <span className="money">{BigInt(commission.amount) === 0n ? "–" : format.day(commission.payable_on)}</span>
      </Cell>
      <Cell right>
        <StatusBadge kind="commission" status={commission.status} />
      </Cell>
    </>
  );
  const first = (
    <>
      <span className="block font-medium wrap-anywhere">{commission.order_external_id}</span>
      <span className="block text-xs text-muted md:hidden">
        {t(`role.${commission.role}`)} <span className="whitespace-nowrap">{format.day(commission.settled_on)}</span>
      </span>
    </>
  );
  return (
    <ExpandableRow name={`${commission.order_external_id}, ${t(`role.${commission.role}`)}`} first={first} cells={cells} columns={8}>
      <Explanation commission={commission} />
    </ExpandableRow>
  );
}
