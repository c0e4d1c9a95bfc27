/** Later names come with earlier ones: Edge says Chrome too, and Chrome says Safari. */
const BROWSERS = [
  ["Edge", /Edg\//],
  ["Firefox", /Firefox\//],
  ["WeChat", /MicroMessenger\//],
  ["Chrome", /Chrome\//],
  ["Safari", /Safari\//],
] as const;
const SYSTEMS = [
  ["Windows", /Windows/],
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
] as const;

/** A device as its owner would call it, from what the browser said of itself: `Chrome · Windows`. */
export function deviceOf(userAgent: string): string {
  const named = (known: readonly (readonly [string, RegExp])[]) => known.find(([, pattern]) => pattern.test(userAgent))?.[0];
  return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(" · ") || userAgent.slice(0, 40) || "–";
}
