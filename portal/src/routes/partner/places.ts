import type { Place } from "../places";

export const PARTNER_PLACES: readonly Place[] = [
  { to: "/overview", label: "nav.overview", needs: "rows:own" },
  { to: "/commissions", label: "nav.commissions", needs: "rows:own" },
  { to: "/payouts", label: "nav.payouts", needs: "rows:own" },
  { to: "/statements", label: "nav.statements", needs: "rows:own" },
  { to: "/deals", label: "nav.deals", needs: "rows:own" },
  { to: "/disputes", label: "nav.disputes", needs: "rows:own" },
  { to: "/agreements", label: "nav.agreements", needs: "rows:own" },
  { to: "/materials", label: "nav.materials", needs: "rows:own" },
];
