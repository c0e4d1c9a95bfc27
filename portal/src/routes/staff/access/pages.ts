export { MembersPage } from "./MembersPage";
export { KeysPage } from "./KeysPage";
export { AuditLogPage } from "./AuditLogPage";
