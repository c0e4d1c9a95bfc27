import type { NewDeal } from "~/api/types";

export const VALUES = ["under_10k", "10k_50k", "50k_250k", "250k_1m", "over_1m"] as const satisfies readonly NewDeal["value"][];
export const STAGES = ["lead", "qualified", "demo", "proposal", "negotiation"] as const satisfies readonly NewDeal["stage"][];
const AHEAD = 8;

/** The quarter of a day and those after it: `2026-Q4`. One that is over stays among them where it was chosen. */
export function quartersFrom(day: string, chosen?: string): string[] {
  const first = Number(day.slice(0, 4)) * 4 + Math.floor((Number(day.slice(5, 7)) - 1) / 3);
  const coming = Array.from({ length: AHEAD }, (_, at) => `${Math.floor((first + at) / 4)}-Q${((first + at) % 4) + 1}`);
  return chosen && !coming.includes(chosen) ? [chosen, ...coming] : coming;
}

/** What a form holds, as the API wants it: products parted by commas of either kind; no region is the whole country. */
export function dealOf(data: FormData): NewDeal {
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const country = text("country").toUpperCase();
  return {
    company: { legal_name: text("legal_name"), country, domain: text("domain") || null, credit_code: text("credit_code") || null },
    contact: { name: text("contact_name"), email: text("contact_email") },
    value: VALUES.find((one) => one === text("value")) ?? VALUES[0],
    quarter: text("quarter"),
    stage: STAGES.find((one) => one === text("stage")) ?? STAGES[0],
    compelling_event: text("compelling_event"),
    products: text("products").split(/[,，、;；]/).map((product) => product.trim()).filter(Boolean),
    region: text("region").toUpperCase() || country,
    partner_contact: { name: text("partner_contact"), contacted_on: text("contacted_on") },
  };
}
