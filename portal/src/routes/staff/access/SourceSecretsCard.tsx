import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { makeSourceSecret, removeSourceSecret, sourceSecretsQuery } from "~/api/queries/finance";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Empty } from "~/ui/Empty";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { Secret } from "../parts/Secret";
import { Code, Moment } from "../parts/values";

/** Secrets by which systems sign the events that they send. */
export function SourceSecretsCard() {
  const { t } = useTranslation();
  const writes = useMay("books:write");
  const query = useQuery(sourceSecretsQuery);
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: sourceSecretsQuery.queryKey });
  const [asking, setAsking] = useState(false);
  const make = useMutation({
    mutationFn: makeSourceSecret,
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const { submit, missing } = useForm(["source"], ({ source }) => make.mutate(source));
  return (
    <Card title={t("keys.sources")} lead={t("keys.sourcesLead")} aside={writes && <Button onClick={() => setAsking(true)}>{t("keys.sourceAdd")}</Button>}>
      {make.data?.secret && <Secret title={t("keys.once", { name: make.data.source })} value={make.data.secret} />}
      <Loaded query={query}>
        {(secrets) =>
          secrets.length === 0 ? (
            <Empty text={t("keys.sourcesEmpty")} />
          ) : (
            <ul className="divide-y divide-line text-sm">
              {secrets.map(({ id, source, created_at: since }) => (
                <li key={id} className="flex flex-wrap items-center justify-between gap-3 py-2.5 first:pt-0">
                  <span>
                    <span className="font-medium">{source}</span>{" "}
                    <span className="text-muted">
                      <Code text={id} /> · <Moment at={since} />
                    </span>
                  </span>
                  {writes && (
                    <Confirm label={t("keys.remove")} run={() => removeSourceSecret({ source, id }).then(refresh)}>
                      {t("keys.removeSure")}
                    </Confirm>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Dialog title={t("keys.sourceAdd")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <Field name="source" label={t("field.source")} hint={t("keys.sourceHint")} maxLength={64} error={missing && t("confirm.needed")} />
          <Done error={make.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={make.isPending}>
              {t("keys.sourceAdd")}
            </Button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}
