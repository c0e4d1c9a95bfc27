import { type ReactNode, useId, useState } from "react";
import { exponentOf, toDecimal } from "~/i18n/money";

interface Props<Value> {
  label: string;
  /** Said by the row and the column of a table: then the label is not shown. */
  quiet?: boolean;
  unit?: ReactNode;
  value: Value;
  onChange: (value: Value) => void;
}

interface TextProps<Value> extends Props<Value> {
  placeholder?: string;
  parse: (text: string) => Value | undefined;
  show: (value: Value) => string;
  same?: (one: Value, other: Value) => boolean;
}

/** What is written stays as it is written, as long as it means the value or nothing. */
function TextField<Value>({ label, quiet = false, unit, value, onChange, placeholder, parse, show, same = Object.is }: TextProps<Value>) {
  const id = useId();
  const [text, setText] = useState(() => show(value));
  const meant = parse(text);
  const shown = meant === undefined || same(meant, value) ? text : show(value);
  const write = (next: string) => {
    setText(next);
    const found = parse(next);
    if (found !== undefined && !same(found, value)) onChange(found);
  };
  return (
    <div className={quiet ? "relative min-w-24" : ""}>
      <label htmlFor={id} className={quiet ? "sr-only" : "mb-1 block text-sm font-medium"}>
        {label}
      </label>
      <span className="flex items-center gap-2">
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          placeholder={placeholder}
          value={shown}
          maxLength={24}
          aria-invalid={meant === undefined ? true : undefined}
          onChange={(event) => write(event.target.value)}
          className={`h-10 w-full rounded-md border bg-surface px-2 text-right tabular-nums ${meant === undefined ? "border-bad" : "border-line"}`}
        />
        {unit && <span className="text-sm text-muted">{unit}</span>}
      </span>
    </div>
  );
}

/** A number with two decimals at most, times a hundred: percent as basis points. */
const hundredfold = (text: string, least: number, most: number) => {
  if (!/^-?\d{1,6}(\.\d{0,2})?$/.test(text.trim())) return undefined;
  const value = Math.round(Number(text) * 100);
  return value >= least && value <= most ? value : undefined;
};

export function PercentField({ least = 0, most = 10_000, ...props }: Props<number> & { least?: number; most?: number }) {
  return <TextField {...props} unit={props.unit ?? (props.quiet ? undefined : "%")} parse={(text) => hundredfold(text, least, most)} show={(bps) => String(bps / 100)} />;
}

const shareOrNothing = (text: string) => (text.trim() === "" ? null : hundredfold(text, 0, 10_000));

/** A part of a whole, or nothing: the field is then empty. */
export function OptionalPercentField({ none, ...props }: Props<number | null> & { none: string }) {
  return <TextField {...props} unit="%" placeholder={none} parse={shareOrNothing} show={(bps) => (bps === null ? "" : String(bps / 100))} />;
}

export function WholeField({ least, most, ...props }: Props<number> & { least: number; most: number }) {
  const parse = (text: string) => (/^\d{1,9}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined);
  return <TextField {...props} parse={parse} show={String} />;
}

/** An amount in minor units; nothing where the field is empty. */
export function AmountField({ currency, ...props }: Props<string | null> & { currency: string }) {
  const places = exponentOf(currency);
  const parse = (text: string) => {
    if (text.trim() === "") return null;
    const [, whole, part = ""] = /^(\d{1,15})(?:\.(\d*))?$/.exec(text.trim().replaceAll(",", "")) ?? [];
    return whole === undefined || part.length > places ? undefined : String(BigInt(whole + part.padEnd(places, "0")));
  };
  const show = (minor: string | null) => (minor === null ? "" : toDecimal(BigInt(minor), places).replace(/\.0+$/, ""));
  return <TextField {...props} unit={props.unit ?? (props.quiet ? undefined : currency)} parse={parse} show={show} />;
}
