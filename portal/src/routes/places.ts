import type { Viewer } from "~/api/types";
import { may, type Permission } from "~/api/viewer";
import type { Label } from "~/i18n/translate";
import { PARTNER_PLACES } from "./partner/places";
import { STAFF_PLACES } from "./staff/places";

/** A page that the navigation and the command palette lead to. */
export interface Place {
  to: string;
  /** Its name, among the words that every page loads. */
  label: Label;
  /** What its reader must be allowed to do. */
  needs: Permission;
  /** The heading that it stands under, where there are many. */
  group?: Label;
}

/** What a reader may go to, in the order of their work; the first is where they start. */
export function placesOf(viewer: Viewer): readonly Place[] {
  const places: readonly Place[] = viewer.partner_id === null ? STAFF_PLACES : PARTNER_PLACES;
  return places.filter(({ needs }) => may(viewer, needs));
}

/** Where each reader starts; whoever may read nothing can still see to their own account. */
export function homeOf(viewer: Viewer): string {
  return placesOf(viewer)[0]?.to ?? "/settings";
}
