import { useFormat } from "~/i18n/useFormat";

/** An amount in minor units; the currency stands beside it, quieter. */
export function Money({ amount, currency, strong = false }: { amount: string; currency: string; strong?: boolean }) {
  const format = useFormat();
  return (
    <span className={`money ${strong ? "font-semibold" : ""}`}>
      {format.amount(amount, currency)} <span className="text-[0.8em] font-normal text-muted">{currency}</span>
    </span>
  );
}
