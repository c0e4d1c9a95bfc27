import { useSyncExternalStore } from "react";
import { currentTranslation, subscribe, type Translation } from "./index";

/** The words of the language in use; a component that asks for them is drawn again when the reader changes it. */
export function useTranslation(): Translation {
  return useSyncExternalStore(subscribe, currentTranslation);
}
