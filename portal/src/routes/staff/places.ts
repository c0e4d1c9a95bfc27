import type { Place } from "../places";

export const STAFF_PLACES: readonly Place[] = [
  { to: "/finance", label: "nav.finance", needs: "books:read" },
  { to: "/partners", label: "nav.partners", needs: "rows:all" },
  { to: "/orders", label: "nav.orders", needs: "rows:all" },
  { to: "/payouts", label: "nav.payouts", needs: "rows:all" },
];
