import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { oneselfQuery } from "~/api/queries/account";
import { standingsQuery } from "~/api/queries/agreements";
import { exclusionsQuery, payoutDetailsQuery, standingQuery } from "~/api/queries/partner";
import type { AgreementStanding, Exclusion, Oneself, PayoutDetails, Standing } from "~/api/types";
import type { Language } from "~/i18n";
import { documents, useCodes, useExclusion } from "~/i18n/codes";
import { today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Notice } from "~/ui/Notice";

/** What stands between a partner and its money, and what only the partner can do about it. */
export function Needs({ partnerId }: { partnerId: string }) {
  const { t, language } = useTranslation();
  const details = useQuery(payoutDetailsQuery(partnerId));
  const leftOut = useQuery(exclusionsQuery(partnerId));
  const oneself = useQuery(oneselfQuery);
  const agreements = useQuery(standingsQuery(partnerId));
  const standing = useQuery(standingQuery(partnerId));
  if (!details.data || !leftOut.data || !oneself.data || !agreements.data || !standing.data) return null;
  const needs = [...ofStanding(standing.data), ...ofAgreements(agreements.data, language), ...ofDetails(details.data), ...ofLastRun(leftOut.data.data, details.data), ...ofAccount(oneself.data)];
  return (
    <Card title={t("overview.needs")}>
      {needs.length === 0 && <p className="text-sm text-muted">{t("overview.needsNothing")}</p>}
      <ul className="space-y-3">
        {needs.map((need) => (
          <li key={JSON.stringify(need)}>
            <NeedNotice need={need} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

type Need =
  | { kind: "suspended"; reason: string; at: string }
  | { kind: "agreement"; title: string; state: "due" | "upcoming"; on: string }
  | { kind: "change"; hint: string; until: string }
  | { kind: "detailsMissing" | "detailsUnverified" | "totp" }
  | { kind: "documentExpired"; document: string; on: string }
  | { kind: "leftOut"; reason: string; detail: string; on: string };

function ofStanding({ status, reason, at }: Standing): Need[] {
  return status === "suspended" ? [{ kind: "suspended", reason: reason ?? "", at: at ?? "" }] : [];
}

function ofAgreements(standings: readonly AgreementStanding[], language: Language): Need[] {
  return standings.flatMap(({ state, texts }) => {
    const text = texts.find((one) => one.language === language) ?? texts[0];
    return state === "signed" || !text ? [] : [{ kind: "agreement", title: text.title, state, on: text.effective_on } as const];
  });
}

function ofDetails({ account_hint, verified, documents: known, change }: PayoutDetails): Need[] {
  const waits = change ? [{ kind: "change", hint: change.account_hint, until: change.effective_at } as const] : [];
  if (!account_hint) return change ? waits : [{ kind: "detailsMissing" }];
  const expired = known.filter(({ expires_on }) => expires_on && expires_on < today());
  return [
    ...waits,
    ...(verified ? [] : [{ kind: "detailsUnverified" } as const]),
    ...expired.map(({ kind, expires_on }) => ({ kind: "documentExpired", document: kind, on: expires_on ?? "" }) as const),
  ];
}

/** Reasons that pass by themselves, or that are said already. */
const NO_NEED = new Set(["suspended", "agreement_unsigned", "nothing_available", "on_hold", "in_open_run", "details_missing", "details_unverified", "document_expired"]);

function ofLastRun([last]: readonly Exclusion[], details: PayoutDetails): Need[] {
  if (!last || NO_NEED.has(last.reason)) return [];
  // What the details lacked then, they may have by now.
  const changed = details.changed_at && details.changed_at.slice(0, 10) >= last.pays_on;
  if (changed && ["holder_differs", "document_missing", "details_changed"].includes(last.reason)) return [];
  return [{ kind: "leftOut", reason: last.reason, detail: last.detail, on: last.pays_on }];
}

function ofAccount({ has_totp }: Oneself): Need[] {
  return has_totp ? [] : [{ kind: "totp" }];
}

function NeedNotice({ need }: { need: Need }) {
  const { t, language } = useTranslation();
  const format = useFormat();
  const word = useCodes();
  const exclusion = useExclusion();
  switch (need.kind) {
    case "suspended":
      return (
        <Notice tone="bad" title={t("overview.suspended")}>
          {need.at && t("overview.suspendedNote", { at: format.time(need.at), reason: need.reason })}
        </Notice>
      );
    case "agreement":
      return (
        <Notice tone={need.state === "due" ? "bad" : "wait"} title={t("overview.agreement", { title: need.title })}>
          {t(`overview.agreement_${need.state}`, { day: format.day(need.on) })}{" "}
          <Link to="/agreements" className="font-medium text-accent hover:underline">
            {t("overview.toAgreements")}
          </Link>
        </Notice>
      );
    case "change":
      return (
        <Notice tone="wait" title={t("overview.change", { hint: need.hint })}>
          {t("overview.changeNote", { until: format.time(need.until) })}{" "}
          <Link to="/settings" className="font-medium text-accent hover:underline">
            {t("overview.toSettings")}
          </Link>
        </Notice>
      );
    case "detailsMissing":
    case "detailsUnverified":
      return (
        <Notice tone="wait" title={t(`overview.${need.kind}`)}>
          {t(`overview.${need.kind}Note`)}
        </Notice>
      );
    case "documentExpired":
      return (
        <Notice tone="wait" title={t("overview.documentExpired", { kind: word(documents, need.document) })}>
          {t("overview.documentExpiredNote", { day: format.day(need.on) })}
        </Notice>
      );
    case "leftOut":
      // The server's sentence has the figures; it is in English, the words for the code are in both languages.
      return (
        <Notice tone="wait" title={t("overview.leftOut", { day: format.day(need.on) })}>
          {language === "en" ? need.detail : exclusion(need.reason)}
        </Notice>
      );
    case "totp":
      return (
        <Notice tone="quiet" title={t("overview.totp")}>
          {t("overview.totpNote")}{" "}
          <Link to="/settings" className="font-medium text-accent hover:underline">
            {t("overview.toSettings")}
          </Link>
        </Notice>
      );
  }
}
