import type { Dictionary } from "./en";
import { keep, recall } from "~/ui/remembered";
import { type Translate, translator } from "./translate";

/** Each under its own name. */
export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES = Object.keys(LANGUAGES) as Language[];

/** A file of words. What every page says is loaded first, the rest with the pages that say it. */
export type Area = "common" | "status" | "account" | "partner" | "finance" | "channel" | "deals" | "simulator" | "access" | "letters" | "invoices" | "agreements" | "materials" | "privacy" | "compliance" | "rules" | "design";

const STORED_UNDER = "fenrun.language";
const FIRST: readonly Area[] = ["common"];

const files = import.meta.glob<{ default: Partial<Dictionary> }>("./{en,zh-CN}/*.ts");

/** What the page is written in at the moment. */
export interface Translation {
  language: Language;
  words: Dictionary;
  t: Translate;
}

let current: Translation | undefined;
let wanted: Language = "en";
let turn: Promise<void> = Promise.resolve();
/** Areas in use. */
const loaded = new Set<Area>();
const listeners = new Set<() => void>();

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentTranslation(): Translation {
  if (!current) throw new Error("startTranslations comes first");
  return current;
}

/** Makes sure that the words of some areas are here, before a page that says them is shown. */
export async function loadWords(...areas: readonly Area[]): Promise<void> {
  const missing = areas.filter((area) => !loaded.has(area));
  if (missing.length === 0) return;
  for (const area of missing) loaded.add(area);
  await show();
}

/** One after another: a page that loads its words must not undo the language chosen meanwhile. */
function show(): Promise<void> {
  turn = turn.then(load, load);
  return turn;
}

/** Only the language in use is loaded, and of it only the areas in use. */
async function load(): Promise<void> {
  const language = wanted;
  const parts = await Promise.all([...loaded].map((area) => wordsOf(language, area)));
  // Every area in use is here, and no page speaks another.
  const words = Object.assign({}, ...parts) as Dictionary;
  current = { language, words, t: translator(words) };
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

async function wordsOf(language: Language, area: Area): Promise<Partial<Dictionary>> {
  const file = files[`./${language}/${area}.ts`];
  if (!file) throw new Error(`No words of ${area} in ${language}`);
  return (await file()).default;
}

export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  await show();
  keep(STORED_UNDER, language);
}

export async function startTranslations(): Promise<void> {
  for (const area of FIRST) loaded.add(area);
  wanted = preferredLanguage();
  await show();
}

function isLanguage(value: string | null): value is Language {
  return value !== null && value in LANGUAGES;
}

/** What the reader chose before; else what the browser asks for; else English. */
function preferredLanguage(): Language {
  const stored = recall(STORED_UNDER);
  if (isLanguage(stored)) return stored;
  const known = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag));
  return known?.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}



/** The locale for dates and figures: the reader's own region, when the browser names one for the language. */
export function localeFor(language: Language): string {
  const prefix = language.split("-")[0] ?? language;
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(prefix)) ?? language;
}
