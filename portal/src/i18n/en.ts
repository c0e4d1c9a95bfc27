/**
 * English, and the shape that every other language must have. Texts are as short as the place they stand in.
 * Each area is a file; the browser loads `common` first, and the others with the pages that speak them.
 */
import access from "./en/access";
import account from "./en/account";
import agreements from "./en/agreements";
import channel from "./en/channel";
import common from "./en/common";
import compliance from "./en/compliance";
import deals from "./en/deals";
import design from "./en/design";
import finance from "./en/finance";
import invoices from "./en/invoices";
import letters from "./en/letters";
import materials from "./en/materials";
import partner from "./en/partner";
import privacy from "./en/privacy";
import rules from "./en/rules";
import simulator from "./en/simulator";
import status from "./en/status";

export const en = { ...common, ...status, ...account, ...partner, ...finance, ...channel, ...deals, ...simulator, ...access, ...letters, ...invoices, ...agreements, ...materials, ...privacy, ...compliance, ...rules, ...design } as const;

export type English = typeof en;
export type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type Dictionary = Words<English>;
