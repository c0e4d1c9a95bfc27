import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Problem } from "~/api/client";
import { sessionQuery, signIn } from "~/api/queries";
import { Button } from "~/ui/Button";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { PageHeader } from "~/ui/PageHeader";
import { useProblemText } from "~/ui/Trouble";
import { Wordmark } from "~/ui/Wordmark";

export function SignInPage() {
  const { t } = useTranslation();
  return (
    <div className="mx-auto flex min-h-dvh max-w-sm flex-col px-4 py-6">
      <header className="flex items-center justify-between">
        <Wordmark />
        <LanguageSwitch />
      </header>
      <main className="my-auto py-10">
        <PageHeader title={t("signIn.title")}>{t("signIn.lead")}</PageHeader>
        <SignInForm />
      </main>
    </div>
  );
}

function SignInForm() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { back } = useSearch({ from: "/sign-in" });
  const [missing, setMissing] = useState(false);
  const enter = useMutation({
    mutationFn: ({ login, password }: { login: string; password: string }) => signIn(login, password),
    onSuccess: (viewer) => {
      queryClient.setQueryData(sessionQuery.queryKey, viewer);
      router.history.replace(back ?? "/");
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const login = String(fields.get("login")).trim();
    const password = String(fields.get("password"));
    setMissing(login === "" || password === "");
    if (login !== "" && password !== "") enter.mutate({ login, password });
  };

  const refused = enter.error instanceof Problem && enter.error.status === 401;
  const message = missing ? t("signIn.missing") : refused ? t("signIn.wrong") : enter.error ? problemText(enter.error) : "";
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <Field name="login" label={t("signIn.login")} type="text" autoComplete="username" />
      <Field name="password" label={t("signIn.password")} type="password" autoComplete="current-password" />
      <p role="alert" className={message ? "rounded-md bg-bad-soft px-3 py-2 text-sm text-bad" : ""}>
        {message}
      </p>
      <Button type="submit" look="main" disabled={enter.isPending}>
        {t(enter.isPending ? "signIn.submitting" : "signIn.submit")}
      </Button>
    </form>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type: "text" | "password";
  autoComplete: string;
}

function Field({ name, label, type, autoComplete }: FieldProps) {
  return (
    <label htmlFor={name} className="block">
      <span className="mb-1 block text-sm font-medium">{label}</span>
      <input
        id={name}
        name={name}
        type={type}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        className="h-10 w-full rounded-md border border-line bg-surface px-3"
      />
    </label>
  );
}
