import { useEffect, useRef } from "react";
import { fieldErrorsOf } from "~/api/fields";
import { useTranslation } from "~/i18n/useTranslation";

/**
 * What the server says of a form's fields, by name; the first of them takes the focus. `rest` is the refusal where it
 * names none of them.
 */
export function useFieldErrors<Name extends string>(error: unknown, names: readonly Name[]) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const errors = fieldErrorsOf(error, names, t("confirm.malformed"));
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [error]);
  return { form, errors, rest: Object.keys(errors).length > 0 ? null : error };
}
