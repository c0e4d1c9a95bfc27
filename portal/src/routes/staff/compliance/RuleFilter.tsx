import { useQuery } from "@tanstack/react-query";
import { rulesQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { SelectFilter } from "~/ui/SelectFilter";
import { useSaid } from "./words";

/** One of the rules. */
export function RuleFilter({ value, onSelect }: { value: string | undefined; onSelect: (code: string | undefined) => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  const { data } = useQuery(rulesQuery);
  const known = (data?.data ?? []).map(({ code, title }) => ({ value: code, label: `${code} ${said(title)}` }));
  // A rule that came with a link stands there before the list has come.
  const options = value && !known.some((one) => one.value === value) ? [{ value, label: value }, ...known] : known;
  return <SelectFilter label={t("risks.rule")} value={value} options={options} onSelect={onSelect} />;
}
