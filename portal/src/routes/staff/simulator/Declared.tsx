import { Link } from "@tanstack/react-router";
import type { Declaration, Proposal } from "~/api/queries/simulator";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Facts } from "../parts/Facts";
import { LINK } from "../parts/values";
import { type Answer, isChoice, QUESTIONS } from "./declaration";
import { useQuestion } from "./DeclarationForm";

/** What was declared of a proposed version, for whoever decides; and the way to what the rules say of it. */
export function Declared({ declaration, currency }: { declaration: Proposal["declaration"]; currency: string }) {
  const { t } = useTranslation();
  const question = useQuestion();
  const answer = useAnswer(currency);
  return (
    <>
      {declaration ? (
        <details>
          <summary className="w-fit py-1 font-medium">{t("simulator.declaration")}</summary>
          <div className="mt-2">
            <Facts facts={Object.fromEntries(QUESTIONS.map((name) => [question(name), answer(declaration, name)]))} />
          </div>
        </details>
      ) : (
        <p className="text-muted">{t("simulator.declarationNone")}</p>
      )}
      <Link to="/risks" search={{ point: "plan.publish" }} className={`${LINK} inline-block`}>
        {t("simulator.judged")}
      </Link>
    </>
  );
}

function useAnswer(currency: string) {
  const { t } = useTranslation();
  const format = useFormat();
  return (declaration: Declaration, name: keyof Declaration): string => {
    const value = declaration[name];
    if (value === null || value === undefined) return t("simulator.notKnown");
    if (isChoice(name)) return t(`simulator.declare.${value as Answer}`);
    if (typeof value === "boolean") return t(`simulator.declare.${value}`);
    if (name === "entry_fee") return format.money(String(value), currency);
    if (name === "product_turnover") return format.money(String(value), "CNY");
    return name.endsWith("_bps") ? format.rate(Number(value)) : String(value);
  };
}
