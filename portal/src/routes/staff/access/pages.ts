export { MembersPage } from "./MembersPage";
export { KeysPage } from "./KeysPage";
export { RequestsPage } from "../privacy/RequestsPage";
export { AuditLogPage } from "./AuditLogPage";
