import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addMember } from "~/api/queries/access";
import { partnersQuery } from "~/api/queries/channel";
import type { Member } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Copyable } from "~/ui/Copyable";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { SelectField } from "../parts/SelectField";

export const ROLES: readonly Member["role"][] = ["operator", "finance", "compliance", "arbiter", "auditor", "admin", "partner"];

/** Adds somebody who may sign in, and shows the first password, this once. */
export function InviteButton() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const add = useMutation({ mutationFn: addMember, onSuccess: () => queryClient.invalidateQueries({ queryKey: ["members"] }) });
  const ask = () => {
    add.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look="main" onClick={ask}>
        {t("members.add")}
      </Button>
      <Dialog title={t("members.add")} open={asking} onClose={() => setAsking(false)}>
        {add.data ? (
          <div className="space-y-2 p-4 text-sm">
            <p>{t("members.added", { login: add.data.login })}</p>
            <Copyable value={add.data.password} what={t("members.password")} />
          </div>
        ) : (
          <NewMember busy={add.isPending} error={add.error} onFilled={add.mutate} />
        )}
      </Dialog>
    </>
  );
}

interface Props {
  busy: boolean;
  error: unknown;
  onFilled: typeof addMember extends (body: infer Body) => unknown ? (body: Body) => void : never;
}

function NewMember({ busy, error, onFilled }: Props) {
  const { t, language } = useTranslation();
  const [role, setRole] = useState<Member["role"]>("operator");
  const ofPartner = role === "partner";
  const { submit, missing } = useForm(["login"], ({ login }, form) => {
    const more = new FormData(form);
    const email = String(more.get("email") ?? "").trim();
    onFilled({ login, role, partner_id: ofPartner ? String(more.get("partner") ?? "") : null, email: email || null, language });
  });
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4">
      <Field name="login" label={t("members.login")} maxLength={64} autoComplete="off" error={missing && t("confirm.needed")} />
      <Field name="email" type="email" label={t("members.email")} hint={t("members.emailHint")} maxLength={200} autoComplete="off" />
      <SelectField label={t("field.role")} value={role} onChange={(chosen) => setRole(ROLES.find((one) => one === chosen) ?? "operator")} options={ROLES.map((one) => ({ value: one, label: t(`memberRole.${one}`) }))} />
      {ofPartner && <PartnerField />}
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("members.add")}
        </Button>
      </div>
    </form>
  );
}

/** One of some partners, of whom the first is chosen; or none, where a wrong one could not be taken back. */
export function partnerOptions(partners: readonly { id: string; name: string }[], fromNone: boolean) {
  return [...(fromNone ? [{ value: "", label: "–" }] : []), ...partners.map(({ id, name }) => ({ value: id, label: name }))];
}

/** A partner, found by name. */
export function PartnerField({ fromNone = false, error }: { fromNone?: boolean; error?: string | undefined }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const query = useQuery(partnersQuery(search.trim() ? { search: search.trim() } : {}));
  return (
    <>
      <Field label={t("members.findPartner")} value={search} onChange={(event) => setSearch(event.target.value)} maxLength={100} />
      <SelectField name="partner" label={t("field.partner")} options={partnerOptions(query.data?.data ?? [], fromNone)} error={error} />
    </>
  );
}
