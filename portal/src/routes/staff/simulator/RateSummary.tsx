import type { Design } from "~/api/queries/simulator";
import { ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Cell, Head, Table } from "~/ui/Table";
import { isOfVolume, KINDS, ratesOf } from "./drafts";

/** A candidate in a few lines: rates tier by tier. */
export function RateSummary({ design, currency }: { design: Design; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = Object.entries(design.plans).flatMap(([code, rule]) =>
    KINDS.flatMap((kind) => ROLES.map((role) => ({ code, rule, kind, role, rates: ratesOf(rule, kind, role) }))).filter(({ rates }) => rates.some((rate) => rate > 0)),
  );
  return (
    <Table still label={`${t("simulator.rates")}: ${design.name}`}>
      <thead>
        <tr>
          <Head>{t("nav.plans")}</Head>
          <Head>{t("simulator.fromVolume")}</Head>
          <Head right>{t("simulator.rates")}</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ code, rule, kind, role, rates }) => (
          <tr key={code + kind + role}>
            <Cell>{`${code === "*" ? t("simulator.allPlans") : code} · ${t(`kind.${kind}`)} · ${t(`role.${role}`)}`}</Cell>
            <Cell>{rule.tier_thresholds.map((one) => (isOfVolume(rule) ? format.amount(one, currency) : format.rate(Number(one)))).join(" · ") || "–"}</Cell>
            <Cell right>
              <span className="tabular-nums">{rates.map(format.rate).join(" → ")}</span>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
