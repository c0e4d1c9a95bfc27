import { ROLES } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import type { CommissionSearch } from "~/routes/search";
import { DayField } from "~/ui/DayField";
import { FilterChip } from "~/ui/FilterChip";
import { SelectFilter } from "~/ui/SelectFilter";
import { StatusFilter } from "~/ui/StatusFilter";

interface Props {
  search: CommissionSearch;
  onFilter: (filters: Partial<CommissionSearch>) => void;
}

export function CommissionFilters({ search, onFilter }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { month, customer, from, to, timezone } = search;
  const zones = [...new Set(["Asia/Shanghai", new Intl.DateTimeFormat().resolvedOptions().timeZone, timezone ?? "UTC"])];
  return (
    <>
      <StatusFilter kind="commission" value={search.status} onSelect={(status) => onFilter({ status })} />
      <SelectFilter
        label={t("field.role")}
        value={search.role}
        options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        onSelect={(role) => onFilter({ role })}
      />
      <span className="flex flex-wrap gap-2">
        <DayField label={t("commissions.from")} value={from} most={to} onPick={(day) => onFilter({ from: day })} />
        <DayField label={t("commissions.to")} value={to} least={from} onPick={(day) => onFilter({ to: day })} />
      </span>
      {(from ?? to) && (
        <SelectFilter
          label={t("commissions.timezone")}
          none="UTC"
          value={timezone}
          options={zones.filter((zone) => zone !== "UTC").map((zone) => ({ value: zone, label: zone }))}
          onSelect={(zone) => onFilter({ timezone: zone })}
        />
      )}
      {month && <FilterChip text={t("commissions.ofMonth", { month: format.month(month) })} onClear={() => onFilter({ month: undefined })} />}
      {customer && <FilterChip text={t("commissions.ofCustomer", { customer })} onClear={() => onFilter({ customer: undefined })} />}
    </>
  );
}
