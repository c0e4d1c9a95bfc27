import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fileOf, signAgreement, textQuery } from "~/api/queries/agreements";
import type { Agreement } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Copyable } from "~/ui/Copyable";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { Loading } from "~/ui/Loading";
import { Prose } from "~/ui/Prose";
import { Trouble } from "~/ui/Trouble";
import { useForm } from "~/ui/useForm";
import { useMay } from "../useViewer";

interface Props {
  agreement: Agreement;
  signing: boolean;
  onSigned: () => void;
}

/** A text, and below it the signature. What is signed is the hash of the bytes that were shown, reckoned in the browser. */
export function Reading({ agreement, signing, onSigned }: Props) {
  const { t } = useTranslation();
  const query = useQuery(textQuery(agreement));
  const owner = useMay("partner:write");
  if (query.isPending) return <Loading lines={8} />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  const { text, sha256 } = query.data;
  return (
    <div className="mb-4 space-y-4">
      {text !== undefined && (
        <div lang={agreement.language} className="rounded-md border border-line bg-sunken p-4">
          <Prose text={text} below={2} />
        </div>
      )}
      <p className="text-sm">
        <a href={fileOf(agreement)} download className="font-medium text-accent hover:underline">
          {t(text === undefined ? "agreements.openPdf" : "agreements.file")}
        </a>
      </p>
      <div className="text-sm">
        <span className="text-muted">SHA-256</span>
        <Copyable value={sha256} what="SHA-256" />
      </div>
      {signing && owner && <Sign agreement={agreement} sha256={sha256} onSigned={onSigned} />}
      {signing && !owner && <p className="text-sm text-muted">{t("agreements.ownersOnly")}</p>}
    </div>
  );
}

function Sign({ agreement, sha256, onSigned }: Omit<Props, "signing"> & { sha256: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const sign = useMutation({
    mutationFn: (signer: string) => signAgreement(agreement.id, { signer, sha256 }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["agreements"] });
      onSigned();
    },
  });
  const { submit, missing } = useForm(["signer"], ({ signer }) => sign.mutate(signer));
  return (
    <form noValidate onSubmit={submit} className="max-w-md space-y-4">
      <Field name="signer" label={t("agreements.signer")} hint={t("agreements.signerHint")} autoComplete="name" autoCapitalize="words" maxLength={200} error={missing && t("confirm.needed")} />
      <Done error={sign.error} />
      <Button type="submit" look="main" disabled={sign.isPending}>
        {t("agreements.sign", { version: agreement.version })}
      </Button>
    </form>
  );
}
