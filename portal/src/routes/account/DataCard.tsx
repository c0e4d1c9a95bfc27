import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { archiveOf, askForData, dataRequestsQuery } from "~/api/queries/privacy";
import type { DataRequest } from "~/api/types";
import { laws, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { StatusBadge } from "~/ui/StatusBadge";
import { useForm } from "~/ui/useForm";
import { SelectField } from "../staff/parts/SelectField";
import { useMay, useViewer } from "../useViewer";

const AGAIN_MS = 2_000;
const KINDS = ["export", "erasure"] as const;

/** An archive of the reader's data, and their erasure; for who acts for a partner, of the partner's as well. */
export function DataCard() {
  const { t } = useTranslation();
  const { login } = useViewer();
  const owner = useMay("partner:write");
  const [asking, setAsking] = useState<DataRequest["kind"]>();
  // Nobody tells pages that an archive is there, and it takes but a moment: so it is asked for.
  const query = useQuery({
    ...dataRequestsQuery({}),
    refetchInterval: ({ state }) => (state.data?.data.some(({ kind, state: at }) => kind === "export" && at === "asked") ? AGAIN_MS : false),
  });
  const own = query.data?.data.filter((request) => request.login === login) ?? [];
  return (
    <Card title={t("data.title")} lead={t(owner ? "data.leadOwner" : "data.lead")}>
      {own.length > 0 && (
        <ul className="mb-4 divide-y divide-line text-sm">
          {own.map((request) => (
            <Request key={request.id} request={request} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {KINDS.map((kind) => (
          <Button key={kind} onClick={() => setAsking(kind)}>
            {t(`data.ask_${kind}`)}
          </Button>
        ))}
      </div>
      <Dialog title={t(`data.ask_${asking ?? "export"}`)} open={asking !== undefined} onClose={() => setAsking(undefined)}>
        {asking && <Ask kind={asking} onDone={() => setAsking(undefined)} />}
      </Dialog>
    </Card>
  );
}

function Request({ request }: { request: DataRequest }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind, state, due_on, expires_at, reason } = request;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0">
      <div className="min-w-0">
        <span className="font-medium">{t(`data.kind_${kind}`)}</span>{" "}
        <span className="text-muted">{t("data.asked", { at: format.time(request.asked_at), due: format.day(due_on) })}</span>
        {reason && <span className="block">{t("data.refusedFor", { reason })}</span>}
        {state === "ready" && expires_at && (
          <span className="block">
            <a href={archiveOf(request)} download className="font-medium text-accent hover:underline">
              {t("data.fetch")}
            </a>{" "}
            <span className="text-muted">{t("data.until", { until: format.time(expires_at) })}</span>
          </span>
        )}
      </div>
      <StatusBadge kind="request" status={state} />
    </li>
  );
}

function Ask({ kind, onDone }: { kind: DataRequest["kind"]; onDone: () => void }) {
  const { t } = useTranslation();
  const word = useCodes();
  const queryClient = useQueryClient();
  const ask = useMutation({
    mutationFn: askForData,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["data-requests"] });
      onDone();
    },
  });
  const { submit, missing } = useForm(["password"], ({ password }, form) => ask.mutate({ kind, password, law: String(new FormData(form).get("law")) as DataRequest["law"] }));
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <p>{t(`data.sure_${kind}`)}</p>
      <SelectField name="law" label={t("data.where")} options={Object.keys(laws).map((law) => ({ value: law, label: word(laws, law) }))} />
      <Field name="password" type="password" label={t("settings.current")} autoComplete="current-password" error={missing && t("settings.needed")} />
      <Done error={ask.error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={ask.isPending}>
          {t(`data.ask_${kind}`)}
        </Button>
      </div>
    </form>
  );
}
