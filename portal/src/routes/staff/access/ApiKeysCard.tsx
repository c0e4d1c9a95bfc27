import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addApiKey, apiKeysQuery, revokeApiKey, rotateApiKey } from "~/api/queries/access";
import type { ApiKey } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Empty } from "~/ui/Empty";
import { Field } from "~/ui/Field";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { useForm } from "~/ui/useForm";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { Secret } from "../parts/Secret";
import { Code, Moment } from "../parts/values";
import { stateOf } from "./keys";

/** Keys by which programs use the API. */
export function ApiKeysCard() {
  const { t } = useTranslation();
  const writes = useMay("access:write");
  const query = useQuery(apiKeysQuery);
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<Made>();
  const add = useMutation({
    mutationFn: addApiKey,
    onSuccess: (added) => {
      setAsking(false);
      setMade(added);
      return queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
  });
  return (
    <Card title={t("keys.api")} lead={t("keys.apiLead")} aside={writes && <Button onClick={() => setAsking(true)}>{t("keys.add")}</Button>}>
      {made && <Secret title={t("keys.once", { name: made.name })} value={made.key} />}
      <Loaded query={query}>
        {({ data }) => (data.length === 0 ? <Empty text={t("keys.empty")} /> : <Keys keys={data} writes={writes} onRotated={setMade} />)}
      </Loaded>
      <Dialog title={t("keys.add")} open={asking} onClose={() => setAsking(false)}>
        <NewKey busy={add.isPending} error={add.error} onFilled={add.mutate} />
      </Dialog>
    </Card>
  );
}

/** A key as it is shown, this once. */
interface Made {
  name: string;
  key: string;
}

interface KeysProps {
  keys: readonly ApiKey[];
  writes: boolean;
  onRotated: (made: Made) => void;
}

function Keys({ keys, writes, onRotated }: KeysProps) {
  const { t } = useTranslation();
  const [now] = useState(() => new Date());
  return (
    <Table label={t("keys.api")}>
      <thead>
        <tr>
          <Head>{t("keys.name")}</Head>
          <Head wide>{t("keys.scopes")}</Head>
          <Head wide>{t("keys.lastUsed")}</Head>
          <Head wide>{t("keys.expires")}</Head>
          <Head right>{t("field.status")}</Head>
          {writes && <Head right>{t("members.steps")}</Head>}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const state = stateOf(key, now);
          return (
            <tr key={key.id}>
              <Cell>
                <span className="font-medium wrap-anywhere">{key.name}</span>
                <span className="block text-xs text-muted">
                  <Code text={`${key.prefix}…`} />
                </span>
              </Cell>
              <Cell wide>
                <Code text={key.scopes.join(", ")} />
              </Cell>
              <Cell wide>
                <Moment at={key.last_used_at} />
              </Cell>
              <Cell wide>
                <Moment at={key.revoked_at ?? key.expires_at} />
              </Cell>
              <Cell right>
                <StatusBadge kind="key" status={state} />
              </Cell>
              {writes && <Cell right>{state !== "ended" && <KeySteps id={key.id} ending={state === "ending"} onRotated={onRotated} />}</Cell>}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function KeySteps({ id, ending, onRotated }: { id: string; ending: boolean; onRotated: KeysProps["onRotated"] }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
  const rotate = async () => {
    onRotated(await rotateApiKey(id));
    await refresh();
  };
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      {!ending && (
        <Confirm label={t("keys.rotate")} run={rotate}>
          {t("keys.rotateSure")}
        </Confirm>
      )}
      <Confirm label={t("keys.revoke")} run={() => revokeApiKey(id).then(refresh)}>
        {t("keys.revokeSure")}
      </Confirm>
    </span>
  );
}

const SCOPES = ["read", "events:write"] as const;

interface NewKeyProps {
  busy: boolean;
  error: unknown;
  onFilled: (body: { name: string; scopes: ApiKey["scopes"] }) => void;
}

function NewKey({ busy, error, onFilled }: NewKeyProps) {
  const { t } = useTranslation();
  const [scopes, setScopes] = useState<ApiKey["scopes"]>(["read"]);
  const { submit, missing } = useForm(["name"], ({ name }) => onFilled({ name, scopes }));
  const toggle = (scope: (typeof SCOPES)[number]) =>
    setScopes((before) => (before.includes(scope) ? before.filter((one) => one !== scope) : [...before, scope]));
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <Field name="name" label={t("keys.name")} hint={t("keys.nameHint")} maxLength={64} error={missing && t("confirm.needed")} />
      <fieldset>
        <legend className="mb-1 font-medium">{t("keys.scopes")}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="flex cursor-pointer items-center gap-2 py-1">
            <input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} className="size-4 accent-accent" />
            <code>{scope}</code> <span className="text-muted">{t(scope === "read" ? "keys.scopeRead" : "keys.scopeEvents")}</span>
          </label>
        ))}
      </fieldset>
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy || scopes.length === 0}>
          {t("keys.add")}
        </Button>
      </div>
    </form>
  );
}
