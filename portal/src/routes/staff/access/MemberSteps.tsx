import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeMember, resetPassword, resetTotp } from "~/api/queries/access";
import type { Member, MemberChange } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useViewer } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Copyable } from "~/ui/Copyable";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { SelectField } from "../parts/SelectField";

const STAFF = ["operator", "finance", "compliance", "arbiter", "auditor", "admin"] as const;

/** What an administrator can do with a member; nobody changes themselves. */
export function MemberSteps({ member }: { member: Member }) {
  const { t } = useTranslation();
  const own = useViewer().member_id === member.id;
  const [asking, setAsking] = useState(false);
  if (own) return <span className="text-xs text-muted">{t("members.oneself")}</span>;
  return (
    <>
      <button type="button" onClick={() => setAsking(true)} aria-label={t("members.changeOf", { login: member.login })} className="font-medium text-accent hover:underline">
        {t("members.change")}
      </button>
      <Dialog title={member.login} open={asking} onClose={() => setAsking(false)}>
        <Steps member={member} />
      </Dialog>
    </>
  );
}

function Steps({ member }: { member: Member }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["members"] });
  const change = useMutation({ mutationFn: (body: Partial<MemberChange>) => changeMember(member.id, body), onSuccess: refresh });
  const password = useMutation({ mutationFn: () => resetPassword(member.id), onSuccess: refresh });
  const totp = useMutation({ mutationFn: () => resetTotp(member.id), onSuccess: refresh });
  const [role, setRole] = useState(member.role);
  const chosen = STAFF.find((one) => one === role);
  const busy = change.isPending || password.isPending || totp.isPending;
  const disabled = member.disabled_at !== null;
  return (
    <div className="space-y-4 p-4 text-left text-sm">
      {member.role !== "partner" && (
        <div className="flex items-end gap-2">
          <div className="grow">
            <SelectField label={t("field.role")} value={role} options={STAFF.map((one) => ({ value: one, label: t(`memberRole.${one}`) }))} onChange={(value) => setRole(value as Member["role"])} />
          </div>
          <Button disabled={busy || role === member.role || !chosen} onClick={() => chosen && change.mutate({ role: chosen })}>
            {t("form.save")}
          </Button>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button disabled={busy} onClick={() => change.mutate({ disabled: !disabled })}>
          {t(disabled ? "members.enable" : "members.disable")}
        </Button>
        {member.role === "partner" && (
          <Button disabled={busy} onClick={() => change.mutate({ owner: !member.is_owner })}>
            {t(member.is_owner ? "members.ownerNoMore" : "members.makeOwner")}
          </Button>
        )}
        <Button disabled={busy} onClick={() => password.mutate()}>
          {t("members.resetPassword")}
        </Button>
        <Button disabled={busy || !member.has_totp} onClick={() => totp.mutate()}>
          {t("members.resetTotp")}
        </Button>
      </div>
      <p className="text-muted">{t("members.endsSessions")}</p>
      <Done
        error={change.error ?? password.error ?? totp.error}
        done={
          password.data ? (
            <>
              {t("members.newPassword")} <Copyable value={password.data.password} what={t("members.password")} />
            </>
          ) : (
            (change.isSuccess || totp.isSuccess) && t("members.changed")
          )
        }
      />
    </div>
  );
}
