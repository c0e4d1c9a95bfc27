import type { Law } from "~/api/queries/compliance";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";

/** Where a rule comes from; and whether somebody read its figures there. */
export function LawName({ law }: { law: Law }) {
  const { t } = useTranslation();
  return (
    <>
      {law.name}{" "}
      {law.verified === false && (
        <Badge tone="wait" title={t("finding.unverifiedLead")}>
          {t("finding.unverified")}
        </Badge>
      )}
    </>
  );
}

/** The same at length, for a list of facts. */
export function useLawFacts(law: Law) {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    [t("finding.lawName")]: (
      <>
        <LawName law={law} />
        {law.verified === false && <span className="block max-w-prose text-xs text-muted">{t("finding.unverifiedLead")}</span>}
      </>
    ),
    [t("finding.lawVersion")]: law.version,
    [t("finding.lawSince")]: /^\d{4}-\d{2}-\d{2}$/.test(law.in_force) ? format.day(law.in_force) : law.in_force,
  };
}
