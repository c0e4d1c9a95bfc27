import { commissionSearch, isColumns, isDay, isStatus, isText, searchOf } from "~/routes/search";

/** What the addresses of the staff's lists may say. */
const list = { columns: isColumns, after: isText, before: isText };
const found = { ...list, search: isText };

export const daySearch = searchOf({ day: isDay });
export const accountsSearch = searchOf({ ...found, kind: isText, from: isDay, to: isDay });
export const postingsSearch = searchOf({ ...found, from: isDay, to: isDay });
export const listSearch = searchOf(list);
export const runsSearch = searchOf({ ...list, status: isStatus("run") });
export const runSearch = searchOf({ ...list, view: isText, status: isStatus("payout"), reason: isText });
export const foundSearch = searchOf(found);
export const materialSearch = searchOf({ after: isText, before: isText, search: isText, language: isText });
export const eventsSearch = searchOf({ ...found, view: isText, status: isStatus("event") });
export const deliveriesSearch = searchOf({ ...list, status: isStatus("delivery"), endpoint: isText });
export const simulatorSearch = searchOf({ simulation: isText });
export const logSearch = searchOf({ ...list, actor: isText, target: isText, action: isText, from: isDay, to: isDay });

export type AccountsSearch = ReturnType<typeof accountsSearch>;
export type PostingsSearch = ReturnType<typeof postingsSearch>;
export type ListSearch = ReturnType<typeof listSearch>;
export type RunsSearch = ReturnType<typeof runsSearch>;
export type RunSearch = ReturnType<typeof runSearch>;
export type FoundSearch = ReturnType<typeof foundSearch>;
export type MaterialSearch = ReturnType<typeof materialSearch>;
export type EventsSearch = ReturnType<typeof eventsSearch>;
export type DeliveriesSearch = ReturnType<typeof deliveriesSearch>;
export type SimulatorSearch = ReturnType<typeof simulatorSearch>;
export type LogSearch = ReturnType<typeof logSearch>;

export const PARTNER_VIEWS = ["earnings", "payouts", "statements", "customers", "details"] as const;
export type PartnerView = (typeof PARTNER_VIEWS)[number];
const partnerView = searchOf({ view: (value): value is PartnerView => PARTNER_VIEWS.some((view) => view === value) });

/** The list of commissions among the views has filters of its own. */
export const partnerPageSearch = (raw: Record<string, unknown>) => ({ ...commissionSearch(raw), ...partnerView(raw) });
export type PartnerPageSearch = ReturnType<typeof partnerPageSearch>;
