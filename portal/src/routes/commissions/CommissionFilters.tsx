import { useTranslation } from "~/i18n/useTranslation";
import { type EarningsMonth, ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { SelectFilter } from "~/ui/SelectFilter";
import { StatusFilter } from "~/ui/StatusFilter";
import type { CommissionSearch } from "~/routes/search";

interface Props {
  search: CommissionSearch;
  months: EarningsMonth[];
  onFilter: (filters: Partial<CommissionSearch>) => void;
}

export function CommissionFilters({ search, months, onFilter }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = new Set(months.map(({ month }) => month));
  if (search.month) known.add(search.month);
  const latestFirst = [...known].toSorted().toReversed();
  return (
    <>
      <SelectFilter
        label={t("field.month")}
        value={search.month}
        options={latestFirst.map((month) => ({ value: month, label: format.month(month) }))}
        onSelect={(month) => onFilter({ month })}
      />
      <SelectFilter
        label={t("field.role")}
        value={search.role}
        options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        onSelect={(role) => onFilter({ role })}
      />
      <StatusFilter kind="commission" value={search.status} onSelect={(status) => onFilter({ status })} />
    </>
  );
}
