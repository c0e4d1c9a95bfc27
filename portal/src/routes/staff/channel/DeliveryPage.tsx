import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { deliveryQuery } from "~/api/queries/channel";
import { resendDelivery } from "~/api/queries/webhooks";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Badge } from "~/ui/Badge";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Done } from "~/ui/Done";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Loaded } from "../parts/Loaded";
import { Code, Moment } from "../parts/values";

/** A message to an endpoint: what it says, and every attempt to hand it over. */
export function DeliveryPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const writes = useMay("rows:write");
  const { deliveryId } = useParams({ from: "/app/webhooks/$deliveryId" });
  const query = useQuery(deliveryQuery(deliveryId));
  const queryClient = useQueryClient();
  const again = useMutation({
    mutationFn: () => resendDelivery(deliveryId),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["webhook-deliveries"] }),
  });
  return (
    <>
      <Back to="/webhooks" label="nav.webhooks" />
      <Loaded query={query}>
        {(delivery) => (
          <>
            <PageHeader title={delivery.type}>
              <StatusBadge kind="delivery" status={delivery.status} />
            </PageHeader>
            <div className="space-y-6">
              <Card
                title={t("deliveries.message")}
                aside={
                  writes && (
                    <Button disabled={again.isPending} onClick={() => again.mutate()}>
                      {t("webhooks.resend")}
                    </Button>
                  )
                }
              >
                <Facts
                  facts={{
                    [t("deliveries.id")]: <Code text={delivery.message_id} />,
                    [t("webhooks.at")]: <Moment at={delivery.created_at} />,
                    [t("deliveries.delivered")]: delivery.delivered_at && <Moment at={delivery.delivered_at} />,
                    [t("deliveries.next")]: delivery.next_attempt_at && <Moment at={delivery.next_attempt_at} />,
                  }}
                />
                <Done error={again.error} done={again.isSuccess && t("deliveries.resent")} />
                <pre className="mt-4 rounded-lg bg-sunken p-4 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
                  {JSON.stringify(delivery.body, null, 2)}
                </pre>
              </Card>
              <Card title={t("deliveries.attempts")}>
                {delivery.log.length === 0 && <p className="text-sm text-muted">{t("deliveries.noAttempts")}</p>}
                <ol className="space-y-3 text-sm">
                  {delivery.log.map(({ number, at, status_code: code, error, response, duration_ms: took }) => (
                    <li key={number}>
                      <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                        <Badge tone={code !== null && code < 300 ? "good" : "bad"}>{code ?? t("deliveries.noAnswer")}</Badge>
                        <Moment at={at} />
                        <span className="text-muted">{t("deliveries.took", { ms: format.count(took) })}</span>
                      </span>
                      {(error ?? response) && <code className="mt-1 block font-mono text-xs wrap-anywhere text-muted">{error ?? response}</code>}
                    </li>
                  ))}
                </ol>
              </Card>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
