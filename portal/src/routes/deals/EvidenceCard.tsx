import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { fileEvidence } from "~/api/queries/deals";
import type { DisputeDetail } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { LINK, Moment } from "~/routes/staff/parts/values";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";
import { useRefresh } from "./DisputeSteps";
import { sideName } from "./words";

/** What both sides filed: each file with the hash that it had when it came. */
export function EvidenceCard({ dispute }: { dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card title={t("disputes.evidence")} lead={t("disputes.evidenceLead")} aside={dispute.actions.includes("evidence") && <FileButton dispute={dispute} />}>
      {dispute.evidence.length === 0 && <p className="text-sm text-muted">{t("disputes.evidenceNone")}</p>}
      <ul className="space-y-4 text-sm">
        {dispute.evidence.map((file) => (
          <li key={file.id}>
            <a href={`/v1/evidence/${file.id}`} download={file.name} className={`${LINK} wrap-anywhere`}>
              {file.name}
            </a>{" "}
            <span className="text-muted">{t("disputes.kilobytes", { size: format.count(Math.ceil(file.size / 1_000)) })}</span>
            <span className="block wrap-anywhere">{file.description}</span>
            <span className="block text-xs text-muted">
              {sideName(t, file.side)} · <Moment at={file.captured_at} />
              {file.signer && ` · ${t("disputes.signed")} ${file.signer}`}
            </span>
            <span className="block max-w-md text-muted">
              <Copyable value={file.sha256} what="SHA-256" />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function FileButton({ dispute }: { dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [file, setFile] = useState<File>();
  const send = useMutation({
    mutationFn: ({ chosen, description }: { chosen: File; description: string }) => fileEvidence(dispute.id, chosen, description),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const { submit, missing } = useForm(["description"], ({ description }) => file && send.mutate({ chosen: file, description }));
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("disputes.addFile")}</Button>
      <Dialog title={t("disputes.addFile")} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-sm">
          <Field type="file" label={t("disputes.file")} hint={t("disputes.fileHint")} onChange={(event) => setFile(event.target.files?.[0])} />
          <Field name="description" label={t("disputes.description")} maxLength={200} error={missing && t("deals.needed")} />
          <Done error={send.error} />
          <div className="flex justify-end">
            <Button type="submit" look="main" disabled={send.isPending || !file}>
              {t("disputes.addFile")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
