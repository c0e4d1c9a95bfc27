import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Problem } from "~/api/client";
import { type Credentials, sessionQuery, signIn } from "~/api/queries/session";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { PageHeader } from "~/ui/PageHeader";
import { useProblemText } from "~/ui/Trouble";
import { Door } from "../letters/Door";

export function SignInPage() {
  return (
    <Door>
      <SignIn />
    </Door>
  );
}

/** Login and password; and where the server asks for it, an authenticator's code in a second step. */
function SignIn() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { back } = useSearch({ from: "/sign-in" });
  const [first, setFirst] = useState<Credentials>();
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: (viewer) => {
      queryClient.setQueryData(sessionQuery.queryKey, viewer);
      router.history.replace(back ?? "/");
    },
    onError: (error, credentials) => {
      if (codeOf(error) === "totp_required") setFirst(credentials);
    },
  });
  const text = useSignInTrouble()(enter.error);

  if (first) {
    const again = () => {
      setFirst(undefined);
      enter.reset();
    };
    return (
      <>
        <PageHeader title={t("signIn.codeTitle")}>{t("signIn.codeLead")}</PageHeader>
        <CodeForm busy={enter.isPending} trouble={text} onCode={(code) => enter.mutate({ ...first, code })} onBack={again} />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t("signIn.title")}>{t("signIn.lead")}</PageHeader>
      <PasswordForm busy={enter.isPending} trouble={text} onFilled={enter.mutate} />
      <p className="mt-6 text-sm">
        <Link to="/forgot" className="font-medium text-accent hover:underline">
          {t("signIn.forgot")}
        </Link>
      </p>
    </>
  );
}

const codeOf = (error: unknown) => (error instanceof Problem ? error.code : undefined);

/** What went wrong, for who stands at the door. */
function useSignInTrouble() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return (error: unknown): string => {
    switch (codeOf(error)) {
      case undefined:
        return error ? problemText(error) : "";
      case "totp_required":
        return "";
      case "totp_wrong":
        return t("signIn.codeWrong");
      case "locked_out":
        return `${t("signIn.lockedOut")} ${problemText(error)}`;
      case "unauthorized":
        return t("signIn.wrong");
      default:
        return problemText(error);
    }
  };
}

interface FormProps {
  busy: boolean;
  trouble: string;
}

function PasswordForm({ busy, trouble, onFilled }: FormProps & { onFilled: (credentials: Credentials) => void }) {
  const { t } = useTranslation();
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const login = String(fields.get("login")).trim();
    const password = String(fields.get("password"));
    setMissing(login === "" || password === "");
    if (login !== "" && password !== "") onFilled({ login, password });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <Field name="login" label={t("signIn.login")} autoComplete="username" />
      <Field name="password" label={t("signIn.password")} type="password" autoComplete="current-password" />
      <Trouble text={missing ? t("signIn.missing") : trouble} />
      <Button type="submit" look="main" disabled={busy}>
        {t(busy ? "signIn.submitting" : "signIn.submit")}
      </Button>
    </form>
  );
}

function CodeForm({ busy, trouble, onCode, onBack }: FormProps & { onCode: (code: string) => void; onBack: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (code.trim() !== "") onCode(code.trim());
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <Field
        name="code"
        label={t("signIn.code")}
        hint={t("signIn.codeHint")}
        autoComplete="one-time-code"
        ref={box}
        maxLength={64}
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Trouble text={trouble} />
      <div className="flex gap-2">
        <Button type="submit" look="main" disabled={busy || code.trim() === ""}>
          {t(busy ? "signIn.submitting" : "signIn.submit")}
        </Button>
        <Button onClick={onBack}>{t("signIn.back")}</Button>
      </div>
    </form>
  );
}

function Trouble({ text }: { text: string }) {
  return (
    <p role="alert" className={text ? "rounded-md bg-bad-soft px-3 py-2 text-sm text-bad" : ""}>
      {text}
    </p>
  );
}
