import { useTranslation } from "~/i18n/useTranslation";

interface Props<Value extends string> {
  label: string;
  value: Value | undefined;
  /** What is said of no choice; "all" where nothing else is. */
  none?: string;
  options: readonly { value: Value; label: string }[];
  onSelect: (value: Value | undefined) => void;
}

export function SelectFilter<Value extends string>({ label, none, value, options, onSelect }: Props<Value>) {
  const { t } = useTranslation();
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onSelect(options.find((option) => option.value === event.target.value)?.value)}
      className={`h-9 max-w-full min-w-0 rounded-md border bg-surface px-2 text-base sm:text-sm ${value ? "border-accent" : "border-line"}`}
    >
      <option value="">{none ?? t("list.all", { filter: label })}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
