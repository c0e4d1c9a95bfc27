import { type Plan, ROLES, type Role } from "~/api/types";

export const KINDS = ["new", "renewal"] as const;

export interface PlanGroup {
  code: string;
  /** The newest first. */
  versions: readonly Plan[];
  /** As many as the version with the most has. */
  tiers: readonly number[];
}

/** Versions of the same plan together, in the order in which they come. */
export function groupsOf(plans: readonly Plan[]): PlanGroup[] {
  const byCode = new Map<string, Plan[]>();
  for (const plan of plans) byCode.set(plan.code, [...(byCode.get(plan.code) ?? []), plan]);
  return [...byCode].map(([code, versions]) => {
    const most = Math.max(...versions.map((plan) => plan.tier_thresholds.length));
    return { code, versions, tiers: Array.from({ length: most + 1 }, (_, tier) => tier) };
  });
}

/** Basis points of a role at a tier; none where the version has no such tier. */
export function rateOf(plan: Plan, kind: (typeof KINDS)[number], role: Role, tier: number): number | undefined {
  const rows = kind === "new" ? plan.new_bps : plan.renewal_bps;
  return rows[ROLES.indexOf(role)]?.[tier];
}
