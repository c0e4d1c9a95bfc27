import { useId } from "react";

interface Props {
  label: string;
  options: readonly { value: string; label: string }[];
  name?: string;
  value?: string;
  onChange?: (value: string) => void;
  /** What is wrong with it, once that is known. */
  error?: string | undefined;
}

/** One of some, in a form. */
export function SelectField({ label, options, name, value, onChange, error }: Props) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select id={id} name={name} value={value} onChange={(event) => onChange?.(event.target.value)} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}-error` : undefined} className={`h-10 w-full rounded-md border bg-surface px-2 ${error ? "border-bad" : "border-line"}`}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {error && (
        <p id={`${id}-error`} className="mt-1 text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
