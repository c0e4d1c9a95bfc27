import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { payoutsQuery } from "~/api/queries/partner";
import { List } from "~/ui/List";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusLegend } from "~/ui/StatusLegend";
import { type PayoutSearch, useFilters } from "~/routes/search";
import { useViewer } from "~/routes/useViewer";
import { PayoutsTable } from "./PayoutsTable";

/** A partner sees its own payouts, finance those of all. */
export function PayoutsPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const { cursor, move } = useFilters<PayoutSearch>();
  const query = useQuery(payoutsQuery(viewer.partner_id ?? undefined, cursor));
  return (
    <>
      <PageHeader title={t("payouts.title")}>{t("payouts.lead")}</PageHeader>
      <Panel>
        <List query={query} cursor={cursor} onMove={move} empty={t("payouts.empty")}>
          {(rows, busy) => <PayoutsTable payouts={rows} busy={busy} forStaff={viewer.role !== "partner"} />}
        </List>
        <StatusLegend kind="payout" />
      </Panel>
    </>
  );
}
