export { FindingPage } from "./FindingPage";
export { ReportPage } from "./ReportPage";
export { RisksPage } from "./RisksPage";
export { RulePage } from "./RulePage";
export { RulesPage } from "./RulesPage";
export { VersionPage } from "./VersionPage";
