export { DraftPage } from "./DraftPage";
export { EditPage } from "./EditPage";
