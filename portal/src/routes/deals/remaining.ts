const MINUTE = 60_000;
const UNITS = [
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
] as const;

/** A span as people say it: days from two days on, hours from two hours on, then minutes. Never rounded up: a clock that says an hour has an hour. */
export function remaining(ms: number): { value: number; unit: "day" | "hour" | "minute"; over: boolean } {
  const [unit, size] = UNITS.find(([, one]) => Math.abs(ms) >= 2 * one) ?? UNITS[2];
  return { value: Math.trunc(ms / size), unit, over: ms < 0 };
}
