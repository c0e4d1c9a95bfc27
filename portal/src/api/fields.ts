import { Problem } from "./client";

/**
 * What a refusal says of single fields. The server writes `field: what would do`, several parted by `; `. What merely
 * has not the form asked for (422) is said in the words given, since the server's are those of its patterns.
 */
export function fieldErrorsOf<Name extends string>(error: unknown, names: readonly Name[], malformed: string): Partial<Record<Name, string>> {
  if (!(error instanceof Problem)) return {};
  const any = names.join("|");
  const found = error.detail.split(new RegExp(`; (?=(?:${any}): )`)).flatMap((part) => {
    const [, name, said] = new RegExp(`^(${any}): (.+)$`, "s").exec(part) ?? [];
    return name === undefined || said === undefined ? [] : [[name, error.status === 422 ? malformed : said]];
  });
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}
