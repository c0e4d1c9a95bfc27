import { type FormEvent, useState } from "react";
import { Problem } from "~/api/client";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { useProblemText } from "~/ui/Trouble";
import { LEAST, passwordTrouble } from "./newPassword";

interface Props {
  /** Whose password it is, for the browser to remember beside it. */
  login?: string;
  submit: string;
  busy: boolean;
  error: unknown;
  onChosen: (password: string) => void;
}

/** A password, chosen and typed again. */
export function PasswordChoice({ login, submit, busy, error, onChosen }: Props) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [trouble, setTrouble] = useState<ReturnType<typeof passwordTrouble>>();
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // As they are: spaces belong to a password.
    const fields = new FormData(event.currentTarget);
    const password = String(fields.get("password"));
    const found = passwordTrouble(password, String(fields.get("again")));
    setTrouble(found);
    if (found) event.currentTarget.querySelector<HTMLInputElement>(`[name=${found === "short" ? "password" : "again"}]`)?.focus();
    else onChosen(password);
  };
  return (
    <form noValidate onSubmit={choose} className="space-y-4">
      {login && <input type="text" name="login" value={login} autoComplete="username" readOnly hidden />}
      <Field
        name="password"
        type="password"
        label={t("letters.password")}
        hint={t("letters.passwordHint", { least: LEAST })}
        maxLength={200}
        autoComplete="new-password"
        error={trouble === "short" ? t("letters.short", { least: LEAST }) : undefined}
      />
      <Field
        name="again"
        type="password"
        label={t("letters.again")}
        maxLength={200}
        autoComplete="new-password"
        error={trouble === "different" ? t("letters.different") : undefined}
      />
      <p role="alert" className={error ? "rounded-md bg-bad-soft px-3 py-2 text-sm text-bad" : ""}>
        {error ? (hasEnded(error) ? t("letters.ended") : problemText(error)) : ""}
      </p>
      <Button type="submit" look="main" disabled={busy}>
        {submit}
      </Button>
    </form>
  );
}

export const hasEnded = (error: unknown) => error instanceof Problem && error.code === "link_ended";
