import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { partiesQuery, recuse } from "~/api/queries/deals";
import type { Party } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { PartnerField, partnerOptions } from "~/routes/staff/access/InviteButton";
import { Loaded } from "~/routes/staff/parts/Loaded";
import { SelectField } from "~/routes/staff/parts/SelectField";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { useForm } from "~/ui/useForm";
import { useRefresh } from "./DisputeSteps";
import { TextArea } from "./TextArea";

/** Whoever may rule says in whose matters they have a part: of one dispute its parties, otherwise whoever they may know of. */
export function RecuseButton({ parties }: { parties?: readonly Party[] }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const say = useMutation({ mutationFn: ({ partner, reason }: Recusal) => recuse(partner, reason), onSuccess: refresh });
  const ask = () => {
    say.reset();
    setAsking(true);
  };
  return (
    <>
      <Button onClick={ask}>{t("recusals.recuse")}</Button>
      <Dialog title={t("recusals.recuse")} open={asking} onClose={() => setAsking(false)}>
        <div className="space-y-4 p-4 text-sm">
          <p>{t("recusals.lead")}</p>
          {say.isSuccess ? <Done error={null} done={t("recusals.done")} /> : <Asked parties={parties} busy={say.isPending} error={say.error} onFilled={say.mutate} />}
        </div>
      </Dialog>
    </>
  );
}

interface Recusal {
  partner: string;
  reason: string;
}

interface AskedProps {
  parties: readonly Party[] | undefined;
  busy: boolean;
  error: unknown;
  onFilled: (recusal: Recusal) => void;
}

function Asked({ parties, busy, error, onFilled }: AskedProps) {
  const knowsAll = useMay("rows:all");
  const known = useQuery({ ...partiesQuery, enabled: parties === undefined && !knowsAll });
  const form = { busy, error, onFilled };
  if (parties) return <RecusalForm {...form} parties={parties} />;
  if (knowsAll) return <RecusalForm {...form} parties={null} />;
  return <Loaded query={known}>{(found) => <RecusalForm {...form} parties={found} />}</Loaded>;
}

/** From whom, out of these or for null out of all partners; and why. */
function RecusalForm({ parties, busy, error, onFilled }: Omit<AskedProps, "parties"> & { parties: readonly Party[] | null }) {
  const { t } = useTranslation();
  const { submit, missing } = useForm(["partner", "reason"], onFilled);
  const needed = (name: keyof Recusal) => (missing === name ? t("confirm.needed") : undefined);
  if (parties?.length === 0) return <p className="text-muted">{t("recusals.none")}</p>;
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {parties ? (
        <SelectField name="partner" label={t("field.partner")} options={partnerOptions(parties, true)} error={needed("partner")} />
      ) : (
        <PartnerField fromNone error={needed("partner")} />
      )}
      <TextArea name="reason" label={t("recusals.reason")} maxLength={500} error={needed("reason")} />
      <Done error={error} />
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={busy}>
          {t("recusals.recuse")}
        </Button>
      </div>
    </form>
  );
}
