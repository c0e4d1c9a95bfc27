import { useTranslation } from "~/i18n/useTranslation";
import { SelectFilter } from "./SelectFilter";
import { type StatusKind, type StatusOf, statusesOf } from "./status";
import { useStatus } from "./useStatus";

interface Props<Kind extends StatusKind> {
  kind: Kind;
  value: StatusOf<Kind> | undefined;
  onSelect: (status: StatusOf<Kind> | undefined) => void;
}

export function StatusFilter<Kind extends StatusKind>({ kind, value, onSelect }: Props<Kind>) {
  const { t } = useTranslation();
  const words = useStatus(kind);
  const options = statusesOf(kind).map((status) => ({ value: status, label: words(status).label }));
  return <SelectFilter label={t("field.status")} value={value} options={options} onSelect={onSelect} />;
}
