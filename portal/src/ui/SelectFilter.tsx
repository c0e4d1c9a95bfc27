import { useTranslation } from "~/i18n/useTranslation";

interface Props {
  label: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onSelect: (value: string | undefined) => void;
}

export function SelectFilter({ label, value, options, onSelect }: Props) {
  const { t } = useTranslation();
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onSelect(event.target.value || undefined)}
      className={`h-9 max-w-full min-w-0 rounded-md border bg-surface px-2 text-base sm:text-sm ${value ? "border-accent" : "border-line"}`}
    >
      <option value="">{`${label}: ${t("list.all")}`}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
