import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type NewInvitation, sendInvitation } from "~/api/queries/access";
import type { Invitation } from "~/api/types";
import { LANGUAGE_CODES } from "~/i18n";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { SelectField } from "../parts/SelectField";
import { PartnerField, ROLES } from "./InviteButton";

/** Asks somebody in by a letter with a link; they choose the password themselves. */
export function InviteByMail() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const invite = useMutation({
    mutationFn: sendInvitation,
    onSuccess: () => {
      setAsking(false);
      return queryClient.invalidateQueries({ queryKey: ["invitations"] });
    },
  });
  const ask = () => {
    invite.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look="main" onClick={ask}>
        {t("invitations.invite")}
      </Button>
      <Dialog title={t("invitations.invite")} open={asking} onClose={() => setAsking(false)}>
        <Letter busy={invite.isPending} error={invite.error} onFilled={invite.mutate} />
      </Dialog>
    </>
  );
}

function Letter({ busy, error, onFilled }: { busy: boolean; error: unknown; onFilled: (invitation: NewInvitation) => void }) {
  const { t, language } = useTranslation();
  // Staff is for administrators to ask in.
  const anybody = useMay("access:write");
  const [role, setRole] = useState<Invitation["role"]>("partner");
  const [spoken, setSpoken] = useState<Invitation["language"]>(language);
  const { submit, missing } = useForm(["email"], ({ email }, form) =>
    onFilled({ email, role, language: spoken, partner_id: role === "partner" ? String(new FormData(form).get("partner") ?? "") : null }),
  );
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4">
      <Field name="email" type="email" label={t("invitations.email")} hint={t("invitations.emailHint")} maxLength={200} autoComplete="off" error={missing && t("confirm.needed")} />
      {anybody && <SelectField label={t("field.role")} value={role} onChange={(chosen) => setRole(ROLES.find((one) => one === chosen) ?? "partner")} options={ROLES.map((one) => ({ value: one, label: t(`memberRole.${one}`) }))} />}
      {role === "partner" && <PartnerField />}
      <SelectField label={t("invitations.language")} value={spoken} onChange={(chosen) => setSpoken(chosen as Invitation["language"])} options={LANGUAGE_CODES.map((one) => ({ value: one, label: t(`language.${one}`) }))} />
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("invitations.send")}
        </Button>
      </div>
    </form>
  );
}
