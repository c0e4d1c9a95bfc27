import { useMutation, useQueryClient } from "@tanstack/react-query";
import { endpointsQuery, removeEndpoint, rotateSecret, setEndpointEnabled, testEndpoint } from "~/api/queries/webhooks";
import type { WebhookEndpoint } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Copyable } from "~/ui/Copyable";
import { Done } from "~/ui/Done";
import { StatusBadge } from "~/ui/StatusBadge";
import { Deliveries } from "./Deliveries";

export function Endpoint({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queryClient = useQueryClient();
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: endpointsQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: ["webhook-deliveries"] }),
    ]);
  const enable = useMutation({ mutationFn: (enabled: boolean) => setEndpointEnabled(endpoint.id, enabled), onSuccess: refresh });
  const test = useMutation({ mutationFn: () => testEndpoint(endpoint.id), onSuccess: refresh });
  const rotate = useMutation({ mutationFn: () => rotateSecret(endpoint.id), onSuccess: refresh });
  const remove = useMutation({ mutationFn: () => removeEndpoint(endpoint.id), onSuccess: refresh });
  const enabled = endpoint.status === "enabled";
  return (
    <div className="space-y-2 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-3">
        <span className="min-w-0">
          <span className="font-medium wrap-anywhere">{endpoint.url}</span>
          {endpoint.description && <span className="block text-muted wrap-anywhere">{endpoint.description}</span>}
        </span>
        <StatusBadge kind="endpoint" status={endpoint.status} />
      </div>
      {endpoint.failing_since && <p className="text-bad">{t("webhooks.failingSince", { since: format.time(endpoint.failing_since) })}</p>}
      <div className="flex flex-wrap gap-2">
        <Button disabled={test.isPending || !enabled} onClick={() => test.mutate()}>
          {t("webhooks.test")}
        </Button>
        <Button disabled={enable.isPending} onClick={() => enable.mutate(!enabled)}>
          {t(enabled ? "webhooks.disable" : "webhooks.enable")}
        </Button>
        <Button disabled={rotate.isPending} onClick={() => rotate.mutate()}>
          {t("webhooks.rotate")}
        </Button>
        <Button disabled={remove.isPending} onClick={() => confirm(t("webhooks.removeSure")) && remove.mutate()}>
          {t("webhooks.remove")}
        </Button>
      </div>
      <Done
        error={test.error ?? enable.error ?? rotate.error ?? remove.error}
        done={
          rotate.data ? (
            <>
              {t("webhooks.rotated")} <Copyable value={rotate.data.secret} what={t("webhooks.secret")} />
            </>
          ) : (
            test.data && t("webhooks.tested")
          )
        }
      />
      <Deliveries endpointId={endpoint.id} />
    </div>
  );
}
