import { Badge } from "./Badge";
import { type StatusKind, toneOf } from "./status";
import { useStatus } from "./useStatus";

export function StatusBadge({ kind, status }: { kind: StatusKind; status: string }) {
  const { label, next } = useStatus(kind)(status);
  return (
    <Badge tone={toneOf(kind, status)} title={next}>
      {label}
    </Badge>
  );
}
