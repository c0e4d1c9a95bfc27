import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Dictionary } from "./en";

/** Each under its own name. */
export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED_UNDER = "fenrun.language";

const dictionaries: Record<Language, () => Promise<Dictionary>> = {
  en: async () => (await import("./en")).en,
  "zh-CN": async () => (await import("./zh-CN")).zhCN,
};

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

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}

async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await dictionaries[language]());
  }
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  store(language);
}

export async function startTranslations(): Promise<void> {
  const language = preferredLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await dictionaries[language]() } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}
