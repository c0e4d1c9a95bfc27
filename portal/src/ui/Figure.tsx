import type { ReactNode } from "react";
import { Money } from "./Money";

interface Props {
  label: string;
  amount: string;
  currency: string;
  note: ReactNode;
  /** The one figure that the reader came for. */
  main?: boolean;
}

/** Digits, from which on a figure is written smaller. */
const LONG = 11;

/** A figure that answers a question at a glance. */
export function Figure({ label, amount, currency, note, main = false }: Props) {
  return (
    <div className={`bg-surface p-4 sm:p-5 ${main ? "shadow-[inset_0_3px_0_var(--accent)]" : ""}`}>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className={`mt-1.5 tracking-tight ${amount.length > LONG ? "text-base wrap-anywhere [&_.money]:whitespace-normal" : "text-xl sm:text-2xl"}`}>
        <Money amount={amount} currency={currency} strong />
      </dd>
      <dd className="mt-1.5 text-xs text-muted">{note}</dd>
    </div>
  );
}
