import { useQuery } from "@tanstack/react-query";
import { planFactsQuery } from "~/api/queries/compliance";
import type { Declaration } from "~/api/queries/simulator";
import { useTranslation } from "~/i18n/useTranslation";
import { SelectField } from "../parts/SelectField";
import { CHOICES, type DeclarationDraft, isChoice, QUESTIONS } from "./declaration";
import { AmountField, OptionalPercentField, WholeField } from "./fields";

const LEVELS = 100;
/** Turnover is asked about by a rule of China, in its money. */
const TURNOVER_CURRENCY = "CNY";

/** The questions, in the words of the rules that read the answers. */
export function useQuestion() {
  const { language } = useTranslation();
  const { data } = useQuery(planFactsQuery);
  return (name: string): string => {
    const about = data?.find((field) => field.name === name)?.about;
    return about ? (language === "en" ? about.en : about.zh) : name;
  };
}

interface Props {
  draft: DeclarationDraft;
  /** The ledger's. */
  currency: string;
  onChange: (draft: DeclarationDraft) => void;
}

/** What nobody can compute of a plan, and its rules ask. */
export function DeclarationForm({ draft, currency, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className="mt-6">
      <legend className="font-medium">{t("simulator.declaration")}</legend>
      <p className="mb-4 max-w-prose text-sm text-muted">{t("simulator.declarationLead")}</p>
      <div className="grid items-end gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {QUESTIONS.map((name) => (
          <Question key={name} name={name} draft={draft} currency={currency} onChange={onChange} />
        ))}
      </div>
    </fieldset>
  );
}

function Question({ name, draft, currency, onChange }: Props & { name: keyof Declaration }) {
  const { t } = useTranslation();
  const label = useQuestion()(name);
  const answer = (value: unknown) => onChange({ ...draft, [name]: value });
  if (isChoice(name)) {
    const options = CHOICES[name].map((value) => ({ value, label: t(`simulator.declare.${value}`) }));
    const none = { value: "", label: t("simulator.choose") };
    return <SelectField label={label} value={draft[name]} options={draft[name] === "" ? [none, ...options] : options} onChange={answer} />;
  }
  switch (name) {
    case "own_share_bps":
    case "partner_share_bps":
      return <OptionalPercentField label={label} none={t("simulator.notKnown")} value={draft[name] ?? null} onChange={answer} />;
    case "product_turnover":
      return <AmountField label={label} currency={TURNOVER_CURRENCY} value={draft[name] ?? null} onChange={answer} />;
    case "entry_fee":
      return <AmountField label={label} currency={currency} value={draft[name]} onChange={(fee) => answer(fee ?? "0")} />;
    case "override_depth":
    case "network_depth":
      return <WholeField label={label} least={name === "network_depth" ? 1 : 0} most={LEVELS} value={draft[name]} onChange={answer} />;
    default:
      return (
        <SelectField
          label={label}
          value={String(draft[name])}
          options={(["true", "false"] as const).map((value) => ({ value, label: t(`simulator.declare.${value}`) }))}
          onChange={(value) => answer(value === "true")}
        />
      );
  }
}
