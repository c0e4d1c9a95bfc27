import type { ReactNode } from "react";
import { useProblemText } from "./Trouble";

interface Props {
  error: unknown;
  /** Said when it went well. */
  done?: ReactNode;
}

/** What became of something that the reader asked for, told to those who do not see it as well. */
export function Done({ error, done }: Props) {
  const problemText = useProblemText();
  return (
    <>
      <p role="alert" className={error ? "rounded-md bg-bad-soft px-3 py-2 text-sm text-bad" : ""}>
        {error ? problemText(error) : ""}
      </p>
      <output className={!error && done ? "block rounded-md bg-good-soft px-3 py-2 text-sm" : ""}>{error ? "" : done}</output>
    </>
  );
}
