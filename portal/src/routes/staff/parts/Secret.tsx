import { useTranslation } from "~/i18n/useTranslation";
import { Copyable } from "~/ui/Copyable";
import { Notice } from "~/ui/Notice";

/** What is shown this once and never again. */
export function Secret({ title, value }: { title: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div className="mb-4">
      <Notice tone="wait" title={title}>
        <p className="mb-1">{t("keys.onceLead")}</p>
        <Copyable value={value} what={title} />
      </Notice>
    </div>
  );
}
