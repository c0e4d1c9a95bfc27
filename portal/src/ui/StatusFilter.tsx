import { useTranslation } from "~/i18n/useTranslation";
import { SelectFilter } from "./SelectFilter";
import { type StatusKind, statusesOf } from "./status";
import { useStatus } from "./useStatus";

interface Props {
  kind: StatusKind;
  value: string | undefined;
  onSelect: (status: string | undefined) => void;
}

export function StatusFilter({ kind, value, onSelect }: Props) {
  const { t } = useTranslation();
  const words = useStatus(kind);
  const options = statusesOf(kind).map((status) => ({ value: status, label: words(status).label }));
  return <SelectFilter label={t("field.status")} value={value} options={options} onSelect={onSelect} />;
}
