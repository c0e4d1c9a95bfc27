import { type ComponentProps, useId } from "react";

type Props = Omit<ComponentProps<"input">, "className" | "id"> & {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it, once that is known. */
  error?: string | undefined;
};

/** A labelled input. Figures and codes are not words: neither capitals nor spelling are the browser's business. */
export function Field({ label, hint, error, ...input }: Props) {
  const id = useId();
  const about = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <input
        autoCapitalize="none"
        spellCheck={false}
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        className={`h-10 w-full rounded-md border bg-surface px-3 disabled:opacity-50 ${input.type === "file" ? "py-1.5" : ""} ${error ? "border-bad" : "border-line"}`}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1 text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
