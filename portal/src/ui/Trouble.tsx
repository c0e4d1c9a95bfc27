import { useTranslation } from "~/i18n/useTranslation";
import { Problem } from "~/api/client";
import { Button } from "./Button";

const KNOWN = ["network", "forbidden", "not_found", "rate_limited"] as const;
type KnownCode = (typeof KNOWN)[number];

/** What went wrong, in the reader's language, and in the server's words where it knows more. */
export function useProblemText() {
  const { t } = useTranslation();
  return (error: unknown): string => {
    if (!(error instanceof Problem)) return t("errors.unexpected");
    if (error.status === 429 && error.retryAfter !== undefined) return t("errors.rateLimitedFor", { seconds: error.retryAfter });
    const known = KNOWN.find((code): code is KnownCode => code === error.code);
    if (known) return t(`errors.${known}`);
    if (error.status >= 500 || error.message === "") return t("errors.unexpected");
    return error.detail ? `${error.message}: ${error.detail}` : error.message;
  };
}

export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText();
  return (
    <div role="alert" className="rounded-lg bg-bad-soft p-4 text-sm">
      <p className="font-medium text-bad">{t("errors.title")}</p>
      <p className="mt-1 mb-3">{text(error)}</p>
      {onRetry && <Button onClick={onRetry}>{t("errors.retry")}</Button>}
    </div>
  );
}
