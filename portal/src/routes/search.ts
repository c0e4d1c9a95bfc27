import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Cursor } from "~/api/cursor";
import { ROLES, type Role } from "~/api/types";
import { type StatusKind, type StatusOf, statusesOf } from "~/ui/status";

/** Filters and places in lists live in the address: what a reader sees can be linked, and gone back to. */
export type Search = Record<string, string | undefined>;

export function parseSearch(query: string): Search {
  return Object.fromEntries(new URLSearchParams(query));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const set = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
  return set.length > 0 ? `?${new URLSearchParams(set).toString()}` : "";
}

type Check<Value extends string> = (value: string) => value is Value;

export const isMonth = (value: string): value is string => /^\d{4}-(0[1-9]|1[0-2])$/.test(value);
const isRole = (value: string): value is Role => ROLES.some((role) => role === value);
export const isStatus =
  <Kind extends StatusKind>(kind: Kind): Check<StatusOf<Kind>> =>
  (value): value is StatusOf<Kind> =>
    statusesOf(kind).some((status) => status === value);
export const isText = (value: string): value is string => value.length > 0 && value.length <= 100;

/** Keeps what a page knows and what makes sense; an address typed wrongly shows the list without that filter. */
export function searchOf<Values extends Record<string, string>>(checks: { [Name in keyof Values]: Check<Values[Name]> }) {
  return (raw: Record<string, unknown>): Partial<Values> => {
    const kept: Partial<Values> = {};
    for (const name of Object.keys(checks) as (keyof Values & string)[]) {
      const value = raw[name];
      if (typeof value === "string" && checks[name](value)) kept[name] = value;
    }
    return kept;
  };
}

export const isDay = (value: string): value is string => /^\d{4}-(0[1-9]|1[0-2])-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
/** A pick of columns: their names; a table leaves out those that it does not know. */
export const isColumns = (value: string): value is string => /^[a-z]+(,[a-z]+)*$/i.test(value) && value.length <= 200;
const isOrder = (value: string): value is "settled_on" => value === "settled_on";

export const commissionSearch = searchOf({
  month: isMonth,
  role: isRole,
  status: isStatus("commission"),
  search: isText,
  customer: isText,
  from: isDay,
  to: isDay,
  timezone: isText,
  sort: isOrder,
  columns: isColumns,
  after: isText,
  before: isText,
});
export const orderSearch = searchOf({ status: isStatus("order"), search: isText, after: isText, before: isText });
export const partnerSearch = searchOf({ search: isText, after: isText, before: isText });
export const payoutSearch = searchOf({ status: isStatus("payout"), columns: isColumns, after: isText, before: isText });

export type CommissionSearch = ReturnType<typeof commissionSearch>;
export type OrderSearch = ReturnType<typeof orderSearch>;
export type PartnerSearch = ReturnType<typeof partnerSearch>;
export type PayoutSearch = ReturnType<typeof payoutSearch>;

/** The page's search and two ways to change it: another filter goes back to the first page, a move keeps the filters. */
export function useFilters<T extends Cursor & Search>() {
  const all: Search = useSearch({ strict: false });
  const search = all as T;
  const change = useChangeSearch();
  const filter = useCallback((filters: Partial<T>) => change({ ...filters, after: undefined, before: undefined }), [change]);
  const move = useCallback((cursor: Cursor) => change({ after: cursor.after, before: cursor.before }), [change]);
  return { search, cursor: cursorOf(search), filter, move };
}

export function useChangeSearch() {
  const navigate = useNavigate();
  return useCallback(
    (changes: Search) =>
      void navigate({ to: ".", search: (before: Search) => ({ ...before, ...changes }), resetScroll: false } as never),
    [navigate],
  );
}

function cursorOf({ after, before }: Cursor): Cursor {
  return { ...(after ? { after } : {}), ...(before ? { before } : {}) };
}
