import type { Dictionary } from "./en";
import { type Translate, translator } from "./translate";

/** Each under its own name. */
export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED_UNDER = "fenrun.language";

const dictionaries: Record<Language, () => Promise<Dictionary>> = {
  en: async () => (await import("./en")).en,
  "zh-CN": async () => (await import("./zh-CN")).zhCN,
};

/** What the page is written in at the moment. */
export interface Translation {
  language: Language;
  words: Dictionary;
  t: Translate;
}

let current: Translation | undefined;
const listeners = new Set<() => void>();

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentTranslation(): Translation {
  if (!current) throw new Error("startTranslations comes first");
  return current;
}

/** Only the language in use is loaded. */
async function show(language: Language): Promise<void> {
  const words = await dictionaries[language]();
  current = { language, words, t: translator(words) };
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

export async function setLanguage(language: Language): Promise<void> {
  await show(language);
  store(language);
}

export async function startTranslations(): Promise<void> {
  await show(preferredLanguage());
}

function isLanguage(value: string | null): value is Language {
  return value !== null && value in LANGUAGES;
}

/** What the reader chose before; else what the browser asks for; else English. */
function preferredLanguage(): Language {
  const stored = readStored();
  if (isLanguage(stored)) return stored;
  const known = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag));
  return known?.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

// A browser that refuses storage throws here: the choice is then kept for this visit only.
function readStored(): string | null {
  try {
    return localStorage.getItem(STORED_UNDER);
  } catch {
    return null;
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(STORED_UNDER, language);
  } catch {
    // See above.
  }
}

/** The locale for dates and figures: the reader's own region, when the browser names one for the language. */
export function localeFor(language: Language): string {
  const prefix = language.split("-")[0] ?? language;
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(prefix)) ?? language;
}
