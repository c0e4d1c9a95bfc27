import { createRoute } from "@tanstack/react-router";
import { app, needs, page } from "../../root";
import { isColumns, isMonth, isStatus, isText, searchOf } from "../../search";

const rows = { getParentRoute: () => app, beforeLoad: needs("rows:all") };
const writes = { getParentRoute: () => app, beforeLoad: needs("rules:write") };
const one = (name: keyof typeof import("./pages")) => page(() => import("./pages"), name, "status", "compliance", "rules");
const editor = (name: keyof typeof import("./EditorPages")) => page(() => import("./EditorPages"), name, "status", "compliance", "rules");

export const risksSearch = searchOf({ which: isText, outcome: isStatus("outcome"), point: isText, rule: isText, partner: isText, columns: isColumns, after: isText, before: isText });
export const reportSearch = searchOf({ month: isMonth });
/** A draft begins as a version, or for a point as nothing. */
export const draftSearch = searchOf({ version: isText, point: isText });

/** What rules found, the rules, and how they are written. Everyone of the staff may look, compliance may act. */
export const complianceRoutes = [
  createRoute({ ...rows, path: "/risks", validateSearch: risksSearch, component: one("RisksPage") }),
  createRoute({ ...rows, path: "/risks/$findingId", component: one("FindingPage") }),
  createRoute({ ...rows, path: "/rules", component: one("RulesPage") }),
  createRoute({ ...rows, path: "/rules/$code", component: one("RulePage") }),
  createRoute({ ...rows, path: "/rule-versions/$versionId", component: one("VersionPage") }),
  createRoute({ ...rows, path: "/compliance-report", validateSearch: reportSearch, component: one("ReportPage") }),
  createRoute({ ...writes, path: "/rule-versions/$versionId/edit", component: editor("EditPage") }),
  createRoute({ ...writes, path: "/rule-drafts/new", validateSearch: draftSearch, component: editor("DraftPage") }),
] as const;
