import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deliveriesQuery, resendDelivery } from "~/api/queries/webhooks";
import type { WebhookDelivery } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Done } from "~/ui/Done";
import { Loading } from "~/ui/Loading";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Trouble } from "~/ui/Trouble";

/** The last messages to an endpoint, and what came of them. */
export function Deliveries({ endpointId }: { endpointId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...deliveriesQuery(endpointId), enabled: open });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit py-1 text-muted">{t("webhooks.deliveries")}</summary>
      {open && query.isPending && <Loading lines={3} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.data.length === 0 && <p className="py-2 text-muted">{t("webhooks.noDeliveries")}</p>}
      {query.data && query.data.data.length > 0 && (
        <Table label={t("webhooks.deliveries")}>
          <thead>
            <tr>
              <Head>{t("webhooks.type")}</Head>
              <Head wide>{t("webhooks.at")}</Head>
              <Head wide>{t("webhooks.answer")}</Head>
              <Head right>{t("field.status")}</Head>
              <Head right>
                <span className="sr-only">{t("webhooks.resend")}</span>
              </Head>
            </tr>
          </thead>
          <tbody>
            {query.data.data.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} />
            ))}
          </tbody>
        </Table>
      )}
    </details>
  );
}

function Row({ delivery }: { delivery: WebhookDelivery }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queryClient = useQueryClient();
  const again = useMutation({
    mutationFn: () => resendDelivery(delivery.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["webhook-deliveries"] }),
  });
  return (
    <tr>
      <Cell>
        <code>{delivery.type}</code>
      </Cell>
      <Cell wide>{format.time(delivery.created_at)}</Cell>
      <Cell wide>{delivery.last_status_code ?? delivery.last_error ?? "–"}</Cell>
      <Cell right>
        <StatusBadge kind="delivery" status={delivery.status} />
      </Cell>
      <Cell right>
        <button type="button" disabled={again.isPending} onClick={() => again.mutate()} className="font-medium text-accent hover:underline">
          {t("webhooks.resend")}
        </button>
        <Done error={again.error} />
      </Cell>
    </tr>
  );
}
