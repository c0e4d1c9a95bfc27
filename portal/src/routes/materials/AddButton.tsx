import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { addMaterial, publishMaterial } from "~/api/queries/materials";
import { type Material, type NewMaterial, ROLES } from "~/api/types";
import { LANGUAGE_CODES } from "~/i18n";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { PartnerField } from "../staff/access/InviteButton";
import { SelectField } from "../staff/parts/SelectField";

/** Adds a material with its first file; whom it is for is told. */
export function AddButton() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const add = useMutation({
    mutationFn: async ({ material, file }: { material: NewMaterial; file: File }) => publishMaterial((await addMaterial(material)).id, 1, file),
    onSuccess: () => setAsking(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["materials"] }),
  });
  const ask = () => {
    add.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look="main" onClick={ask}>
        {t("materials.add")}
      </Button>
      <Dialog title={t("materials.add")} open={asking} onClose={() => setAsking(false)}>
        <NewFile busy={add.isPending} error={add.error} onFilled={(material, file) => add.mutate({ material, file })} />
      </Dialog>
    </>
  );
}

type Audience = "all" | (typeof ROLES)[number] | "partner";
const AUDIENCES: readonly Audience[] = ["all", ...ROLES, "partner"];

function NewFile({ busy, error, onFilled }: { busy: boolean; error: unknown; onFilled: (material: NewMaterial, file: File) => void }) {
  const { t, language } = useTranslation();
  const [spoken, setSpoken] = useState<Material["language"]>(language);
  const [audience, setAudience] = useState<Audience>("all");
  const chosen = useRef<HTMLInputElement>(null);
  const { submit, missing } = useForm(["title"], ({ title }, form) => {
    const data = new FormData(form);
    const file = chosen.current?.files?.[0];
    if (!file) return chosen.current?.focus();
    const roles = ROLES.filter((role) => role === audience);
    const partners = audience === "partner" ? [String(data.get("partner") ?? "")] : [];
    onFilled({ title, summary: String(data.get("summary") ?? ""), language: spoken, roles, partner_ids: partners }, file);
  });
  const labelOf = (one: Audience) => (one === "all" || one === "partner" ? t(`materials.audience_${one}`) : t("materials.audience_role", { role: t(`role.${one}`) }));
  return (
    <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
      <Field name="title" label={t("materials.title")} maxLength={200} error={missing && t("confirm.needed")} />
      <Field name="summary" label={t("materials.summary")} maxLength={1000} />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label={t("materials.language")} value={spoken} onChange={(code) => setSpoken(code as Material["language"])} options={LANGUAGE_CODES.map((code) => ({ value: code, label: t(`language.${code}`) }))} />
        <SelectField label={t("materials.audience")} value={audience} onChange={(one) => setAudience(one as Audience)} options={AUDIENCES.map((one) => ({ value: one, label: labelOf(one) }))} />
      </div>
      {audience === "partner" && <PartnerField />}
      <label className="block">
        <span className="mb-1 block font-medium">{t("materials.file")}</span>
        <input ref={chosen} type="file" required className="w-full text-sm" />
        <span className="mt-1 block text-xs text-muted">{t("materials.fileHint")}</span>
      </label>
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("materials.add")}
        </Button>
      </div>
    </form>
  );
}
