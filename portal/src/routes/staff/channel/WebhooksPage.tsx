import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { allDeliveriesQuery } from "~/api/queries/channel";
import { endpointsQuery } from "~/api/queries/webhooks";
import type { WebhookDelivery } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { useMay } from "~/routes/useViewer";
import { WebhooksCard } from "~/routes/account/webhooks/WebhooksCard";
import { Card } from "~/ui/Card";
import type { Column } from "~/ui/DataTable";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { SelectFilter } from "~/ui/SelectFilter";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import { Loaded } from "../parts/Loaded";
import { Count, LINK, Moment, NOTHING } from "../parts/values";
import type { DeliveriesSearch } from "../search";

interface Props {
  row: WebhookDelivery;
}

function TypeCell({ row }: Props) {
  return (
    <Link to="/webhooks/$deliveryId" params={{ deliveryId: row.id }} className={LINK}>
      {row.type}
    </Link>
  );
}

const COLUMNS: readonly Column<WebhookDelivery>[] = [
  { id: "type", label: "webhooks.type", Cell: TypeCell },
  { id: "at", label: "webhooks.at", Cell: ({ row }) => <Moment at={row.created_at} />, wide: true },
  { id: "attempts", label: "deliveries.attempts", Cell: ({ row }) => <Count value={row.attempts} />, right: true, wide: true },
  { id: "answer", label: "webhooks.answer", Cell: ({ row }) => row.last_status_code ?? row.last_error ?? NOTHING, wide: true },
  { id: "next", label: "deliveries.next", Cell: ({ row }) => <Moment at={row.next_attempt_at} />, wide: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="delivery" status={row.status} />, right: true },
];

/** Where programs are told what happens, and what became of every message. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const writes = useMay("rows:write");
  return (
    <>
      <PageHeader title={t("nav.webhooks")}>{t("deliveries.lead")}</PageHeader>
      <div className="space-y-6">
        {writes ? <WebhooksCard /> : <Endpoints />}
        <Card title={t("deliveries.title")}>
          <Deliveries />
        </Card>
      </div>
    </>
  );
}

/** To look at only. */
function Endpoints() {
  const { t } = useTranslation();
  const query = useQuery(endpointsQuery);
  return (
    <Card title={t("webhooks.title")}>
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty text={t("webhooks.empty")} />
          ) : (
            <ul className="divide-y divide-line text-sm">
              {data.map(({ id, url, description, status }) => (
                <li key={id} className="flex items-baseline justify-between gap-4 py-2.5 first:pt-0">
                  <span className="min-w-0 wrap-anywhere">
                    <span className="font-medium">{url}</span>
                    <span className="block text-muted">{description}</span>
                  </span>
                  <StatusBadge kind="endpoint" status={status} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function Deliveries() {
  const { t } = useTranslation();
  const { search, filter } = useFilters<DeliveriesSearch>();
  const { status, endpoint } = search;
  const query = useQuery(allDeliveriesQuery(search));
  const endpoints = useQuery(endpointsQuery);
  return (
    <>
      <Listing
        label={t("deliveries.title")}
        query={query}
        columns={COLUMNS}
        empty={t("deliveries.empty")}
        onClear={status || endpoint ? () => filter({ status: undefined, endpoint: undefined }) : undefined}
        tools={
          <>
            <StatusFilter kind="delivery" value={status} onSelect={(chosen) => filter({ status: chosen })} />
            <SelectFilter
              label={t("deliveries.endpoint")}
              value={endpoint}
              options={(endpoints.data?.data ?? []).map(({ id, url }) => ({ value: id, label: url }))}
              onSelect={(chosen) => filter({ endpoint: chosen })}
            />
          </>
        }
      />
      <StatusLegend kind="delivery" />
    </>
  );
}
