import { useTranslation } from "~/i18n/useTranslation";
import { StatusBadge } from "./StatusBadge";
import { type StatusKind, statusesOf } from "./status";
import { useStatus } from "./useStatus";

interface Props {
  kind: StatusKind;
  open?: boolean;
  /** What it is called where it is not the only one. */
  label?: string;
}

/** What the tooltips say, for a finger or a keyboard. */
export function StatusLegend({ kind, open = false, label }: Props) {
  const { t } = useTranslation();
  const words = useStatus(kind);
  return (
    <details open={open} className="mt-4 text-sm text-muted">
      <summary className="w-fit py-1">{label ?? t("list.statuses")}</summary>
      <dl className="mt-2 grid grid-cols-[auto_1fr] items-baseline gap-x-3 gap-y-2">
        {statusesOf(kind).map((status) => (
          <div key={status} className="contents">
            <dt>
              <StatusBadge kind={kind} status={status} />
            </dt>
            <dd>{words(status).next}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
