import type { ReactNode } from "react";
import { LanguageSwitch } from "~/ui/LanguageSwitch";
import { Wordmark } from "~/ui/Wordmark";

/** What stands around a page for who is not signed in. */
export function Door({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-sm flex-col px-4 py-6">
      <header className="flex items-center justify-between">
        <Wordmark />
        <LanguageSwitch />
      </header>
      <main className="my-auto py-10">{children}</main>
    </div>
  );
}
