import { useId } from "react";

interface Props {
  label: string;
  options: readonly { value: string; label: string }[];
  name?: string;
  value?: string;
  onChange?: (value: string) => void;
}

/** One of some, in a form. */
export function SelectField({ label, options, name, value, onChange }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select id={id} name={name} value={value} onChange={(event) => onChange?.(event.target.value)} className="h-10 w-full rounded-md border border-line bg-surface px-2">
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
