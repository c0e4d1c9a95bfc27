import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addEndpoint, endpointsQuery } from "~/api/queries/webhooks";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Dialog } from "~/ui/Dialog";
import { Empty } from "~/ui/Empty";
import { Loading } from "~/ui/Loading";
import { Notice } from "~/ui/Notice";
import { Trouble } from "~/ui/Trouble";
import { Endpoint } from "./Endpoint";
import { EndpointForm } from "./EndpointForm";

/** Where programs of the reader's are told what happens; see docs/webhooks.md. */
export function WebhooksCard() {
  const { t } = useTranslation();
  const query = useQuery(endpointsQuery);
  const queryClient = useQueryClient();
  const [adding, setAdding] = useState(false);
  const add = useMutation({
    mutationFn: addEndpoint,
    onSuccess: () => {
      setAdding(false);
      void queryClient.invalidateQueries({ queryKey: endpointsQuery.queryKey });
    },
  });
  return (
    <Card title={t("webhooks.title")} lead={t("webhooks.lead")} aside={<Button onClick={() => setAdding(true)}>{t("webhooks.add")}</Button>}>
      {add.data && (
        <div className="mb-4">
          <Notice tone="wait" title={t("webhooks.secret")}>
            <p className="mb-1">{t("webhooks.secretLead")}</p>
            <Copyable value={add.data.secret} what={t("webhooks.secret")} />
          </Notice>
        </div>
      )}
      {query.isPending && <Loading lines={2} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.data.length === 0 && <Empty text={t("webhooks.empty")} />}
      <ul className="divide-y divide-line">
        {query.data?.data.map((endpoint) => (
          <li key={endpoint.id} className="py-4 first:pt-0">
            <Endpoint endpoint={endpoint} />
          </li>
        ))}
      </ul>
      <Dialog title={t("webhooks.add")} open={adding} onClose={() => setAdding(false)}>
        <EndpointForm busy={add.isPending} error={add.error} onFilled={add.mutate} />
      </Dialog>
    </Card>
  );
}
