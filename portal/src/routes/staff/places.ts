import type { Place } from "../places";

/** By what they are about, each group with a heading; a reader's work comes first in the group that is theirs. */
const GROUPS = {
  "nav.groupMoney": [
    { to: "/finance", label: "nav.finance", needs: "books:read" },
    { to: "/periods", label: "nav.periods", needs: "books:read" },
    { to: "/payout-runs", label: "nav.runs", needs: "books:read" },
    { to: "/exports", label: "nav.exports", needs: "books:read" },
  ],
  "nav.groupChannel": [
    { to: "/partners", label: "nav.partners", needs: "rows:all" },
    { to: "/deals", label: "nav.deals", needs: "rows:all" },
    { to: "/disputes", label: "nav.disputes", needs: "disputes:read" },
    { to: "/customers", label: "nav.customers", needs: "rows:all" },
    { to: "/plans", label: "nav.plans", needs: "rows:all" },
    { to: "/simulator", label: "nav.simulator", needs: "rows:all" },
    { to: "/agreements", label: "nav.agreements", needs: "rows:all" },
    { to: "/materials", label: "nav.materials", needs: "rows:all" },
    { to: "/orders", label: "nav.orders", needs: "rows:all" },
    { to: "/payouts", label: "nav.payouts", needs: "rows:all" },
    { to: "/batches", label: "nav.batches", needs: "rows:all" },
  ],
  "nav.groupRules": [
    { to: "/risks", label: "nav.risks", needs: "rows:all" },
    { to: "/rules", label: "nav.rules", needs: "rows:all" },
    { to: "/compliance-report", label: "nav.report", needs: "rows:all" },
  ],
  "nav.groupAccess": [
    { to: "/events", label: "nav.events", needs: "rows:all" },
    { to: "/webhooks", label: "nav.webhooks", needs: "rows:all" },
    { to: "/members", label: "nav.members", needs: "invitations:read" },
    { to: "/keys", label: "nav.keys", needs: "books:read" },
    { to: "/data-requests", label: "nav.requests", needs: "rows:all" },
    { to: "/audit-log", label: "nav.auditLog", needs: "access:read" },
  ],
} as const;

export const STAFF_PLACES: readonly Place[] = Object.entries(GROUPS).flatMap(([group, places]) =>
  places.map((place) => ({ ...place, group: group as keyof typeof GROUPS })),
);
