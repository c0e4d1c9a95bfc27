export { DealPage } from "./DealPage";
export { DealsPage } from "./DealsPage";
export { DisputePage } from "./DisputePage";
export { DisputesPage } from "./DisputesPage";
export { KnownCompaniesPage } from "./KnownCompaniesPage";
export { NewDealPage } from "./NewDealPage";
export { NewDisputePage } from "./NewDisputePage";
