import { type ComponentProps, useId } from "react";

type Props = Omit<ComponentProps<"textarea">, "className" | "id"> & { label: string; hint?: string; error?: string | undefined };

/** A labelled text of several lines. */
export function TextArea({ label, hint, error, ...input }: Props) {
  const id = useId();
  const about = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <textarea
        rows={4}
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        className={`w-full rounded-md border bg-surface px-3 py-2 ${error ? "border-bad" : "border-line"}`}
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
