import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { useForm } from "~/ui/useForm";

interface Props {
  /** What the button says, and the heading of the question. */
  label: string;
  /** What will happen. */
  children: ReactNode;
  /** With the reason, where one is asked for. */
  run: (reason: string) => Promise<unknown>;
  /** The name of a reason that must be given. */
  reason?: string;
  look?: "main" | "plain";
  disabled?: boolean;
  describedBy?: string;
}

/** A step that is asked about once more before it is taken. */
export function Confirm({ label, children, run, reason, look = "plain", disabled = false, describedBy }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const action = useMutation({ mutationFn: run, onSuccess: () => setAsking(false) });
  const { submit, missing } = useForm(reason ? ["reason"] : [], (values: Partial<Record<string, string>>) => action.mutate(values["reason"] ?? ""));
  const ask = () => {
    action.reset();
    setAsking(true);
  };
  return (
    <>
      <Button look={look} disabled={disabled} aria-describedby={describedBy} onClick={ask}>
        {label}
      </Button>
      <Dialog title={label} open={asking} onClose={() => setAsking(false)}>
        <form noValidate onSubmit={submit} className="space-y-4 p-4 text-left text-sm">
          <div>{children}</div>
          {reason && <Field name="reason" label={reason} maxLength={200} error={missing && t("confirm.reasonNeeded")} />}
          <Done error={action.error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setAsking(false)}>{t("form.cancel")}</Button>
            <Button type="submit" look="main" disabled={action.isPending}>
              {label}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
