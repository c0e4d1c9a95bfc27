import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { dealsQuery, fileEvidence, makeDispute, openDispute } from "~/api/queries/deals";
import { type NewDispute, ROLES } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Back } from "~/routes/staff/parts/Back";
import { SelectField } from "~/routes/staff/parts/SelectField";
import { Button } from "~/ui/Button";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { useForm } from "~/ui/useForm";
import type { claimSearch } from "./routes";
import { TextArea } from "./TextArea";

const GROUNDS = ["registration", "evidence", "record"] as const satisfies readonly NewDispute["ground"][];
type Ground = (typeof GROUNDS)[number];

/** A partner claims the share that another has: by its registration, by documents, or by the chain's own record. */
export function NewDisputePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { search } = useFilters<ReturnType<typeof claimSearch>>();
  const [ground, setGround] = useState<Ground>("registration");
  const [role, setRole] = useState<NewDispute["role"]>("referrer");
  const [deal, setDeal] = useState(search.deal ?? "");
  const [file, setFile] = useState<File>();
  const deals = useQuery(dealsQuery({ status: "approved" }));
  const make = useMutation({
    mutationFn: async ({ claim, description }: { claim: NewDispute; description: string }) => {
      const { id } = await makeDispute(claim);
      if (file) await fileEvidence(id, file, description || file.name.slice(0, 200));
      // What cannot be opened as it is stays a draft, and its page says why.
      await openDispute(id).catch(() => undefined);
      return id;
    },
    onSuccess: (disputeId) => navigate({ to: "/disputes/$disputeId", params: { disputeId } }),
  });
  const { submit, missing } = useForm(["orders", "statement"], ({ orders, statement }, form) =>
    make.mutate({
      claim: { orders: orders.split(/[\s,，、;；]+/).filter(Boolean), role, ground, statement, deal_id: ground === "registration" ? deal || null : null },
      description: String(new FormData(form).get("description") ?? "").trim(),
    }),
  );
  return (
    <>
      <Back to="/disputes" label="nav.disputes" />
      <PageHeader title={t("disputes.open")}>{t("disputes.openLead")}</PageHeader>
      <Panel>
        <form noValidate onSubmit={submit} className="max-w-2xl space-y-4">
          <Notice tone="wait">{t("disputes.freezes")}</Notice>
          <Field name="orders" label={t("disputes.orders")} hint={t("disputes.ordersHint")} defaultValue={search.order} maxLength={500} autoComplete="off" error={missing === "orders" ? t("deals.needed") : undefined} />
          <SelectField label={t("field.role")} value={role} onChange={(chosen) => setRole(ROLES.find((one) => one === chosen) ?? "referrer")} options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
          <SelectField label={t("disputes.ground")} value={ground} onChange={(chosen) => setGround(GROUNDS.find((one) => one === chosen) ?? "registration")} options={GROUNDS.map((value) => ({ value, label: t(`disputes.grounds.${value}`) }))} />
          {ground === "registration" && (
            <SelectField
              label={t("disputes.registration")}
              value={deal}
              onChange={setDeal}
              options={[{ value: "", label: "–" }, ...(deals.data?.data ?? []).map(({ id, legal_name }) => ({ value: id, label: legal_name }))]}
            />
          )}
          <TextArea name="statement" label={t("disputes.statement")} hint={t("disputes.statementHint")} maxLength={4_000} error={missing === "statement" ? t("deals.needed") : undefined} />
          <Field type="file" label={t("disputes.file")} hint={t("disputes.fileHint")} onChange={(event) => setFile(event.target.files?.[0])} />
          {file && <Field name="description" label={t("disputes.description")} maxLength={200} />}
          <Done error={make.error} />
          <Button type="submit" look="main" disabled={make.isPending}>
            {t("disputes.open")}
          </Button>
        </form>
      </Panel>
    </>
  );
}
