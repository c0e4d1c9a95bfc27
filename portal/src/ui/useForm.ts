import { type FormEvent, useState } from "react";

/** What a form's fields hold, by name, without the spaces around; `missing` names the first that is empty. */
export function useForm<Name extends string>(names: readonly Name[], onFilled: (values: Record<Name, string>, form: HTMLFormElement) => void) {
  const [missing, setMissing] = useState<Name>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const values = Object.fromEntries(names.map((name) => [name, String(data.get(name) ?? "").trim()])) as Record<Name, string>;
    const empty = names.find((name) => values[name] === "");
    setMissing(empty);
    if (empty === undefined) onFilled(values, form);
    else form.querySelector<HTMLInputElement>(`[name="${empty}"]`)?.focus();
  };
  return { submit, missing };
}
