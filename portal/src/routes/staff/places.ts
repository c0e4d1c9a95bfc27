import type { Place } from "../places";

export const STAFF_PLACES: readonly Place[] = [
  { to: "/finance", label: "nav.finance", needs: "books:read" },
  { to: "/periods", label: "nav.periods", needs: "books:read" },
  { to: "/payout-runs", label: "nav.runs", needs: "books:read" },
  { to: "/exports", label: "nav.exports", needs: "books:read" },
  { to: "/partners", label: "nav.partners", needs: "rows:all" },
  { to: "/customers", label: "nav.customers", needs: "rows:all" },
  { to: "/plans", label: "nav.plans", needs: "rows:all" },
  { to: "/simulator", label: "nav.simulator", needs: "rows:all" },
  { to: "/orders", label: "nav.orders", needs: "rows:all" },
  { to: "/payouts", label: "nav.payouts", needs: "rows:all" },
  { to: "/batches", label: "nav.batches", needs: "rows:all" },
  { to: "/events", label: "nav.events", needs: "rows:all" },
  { to: "/webhooks", label: "nav.webhooks", needs: "rows:all" },
  { to: "/members", label: "nav.members", needs: "access:read" },
  { to: "/keys", label: "nav.keys", needs: "books:read" },
  { to: "/audit-log", label: "nav.auditLog", needs: "access:read" },
];
