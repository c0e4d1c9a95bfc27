import { type Plan, ROLES, type Role } from "~/api/types";

export const KINDS = ["new", "renewal"] as const;

export interface PlanGroup {
  code: string;
  /** The newest first. */
  versions: readonly Plan[];
}

/** Versions of the same plan together, in the order in which they come. */
export function groupsOf(plans: readonly Plan[]): PlanGroup[] {
  const byCode = new Map<string, Plan[]>();
  for (const plan of plans) byCode.set(plan.code, [...(byCode.get(plan.code) ?? []), plan]);
  return [...byCode].map(([code, versions]) => ({ code, versions }));
}

/** Basis points of a role, tier by tier. */
export function ratesOf(plan: Plan, kind: (typeof KINDS)[number], role: Role): readonly number[] {
  return (kind === "new" ? plan.new_bps : plan.renewal_bps)[ROLES.indexOf(role)] ?? [];
}
