import type { Dictionary, English } from "./en";

/**
 * Forty lines and not i18next with react-i18next: those weigh 17 kB gzip and put the first load over its limit.
 * In exchange the compiler knows every path, and every gap of every text.
 */

/** The path of every text: `earnings.title`. */
export type Key = Leaf<English>;
type Leaf<Tree, Prefix extends string = ""> = {
  [Name in keyof Tree & string]: Tree[Name] extends string ? `${Prefix}${Name}` : Leaf<Tree[Name], `${Prefix}${Name}.`>;
}[keyof Tree & string];

/** The text at a path, to the letter: so the compiler knows which gaps it has. */
type TextAt<Tree, Path> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Tree
    ? TextAt<Tree[Name], Rest>
    : never
  : Path extends keyof Tree
    ? Tree[Path]
    : never;

type Gaps<Text> = Text extends `${string}{{${infer Gap}}}${infer Rest}` ? Gap | Gaps<Rest> : never;
type Values<Path> = [Gaps<TextAt<English, Path>>] extends [never] ? [] : [Record<Gaps<TextAt<English, Path>>, string | number>];

/** The path of a text without gaps: the name of a thing. */
export type Label = { [Path in Key]: Values<Path> extends [] ? Path : never }[Key];

export type Translate = <Path extends Key>(key: Path, ...values: Values<Path>) => string;

export function translator(dictionary: Dictionary): Translate {
  return (key, ...values) => fill(textAt(dictionary, key), values[0] ?? {});
}

function textAt(dictionary: Dictionary, key: string): string {
  let at: unknown = dictionary;
  for (const name of key.split(".")) at = (at as Record<string, unknown> | undefined)?.[name];
  return String(at ?? key);
}

/** Only text goes in: React escapes it where it is shown. */
function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (gap, name: string) => String(values[name] ?? gap));
}
