interface Props {
  label: string;
  value: string | undefined;
  /** The days it may be: from, and to. */
  least?: string | undefined;
  most?: string | undefined;
  onPick: (day: string | undefined) => void;
}

/** A day, or none. */
export function DayField({ label, value, least, most, onPick }: Props) {
  return (
    <label className={`flex h-9 items-center gap-2 rounded-md border bg-surface pr-2 pl-3 text-sm ${value ? "border-accent" : "border-line"}`}>
      <span className="whitespace-nowrap text-muted">{label}</span>
      <input
        type="date"
        value={value ?? ""}
        min={least}
        max={most}
        onChange={(event) => onPick(event.target.value || undefined)}
        className="min-w-0 bg-transparent"
      />
    </label>
  );
}
