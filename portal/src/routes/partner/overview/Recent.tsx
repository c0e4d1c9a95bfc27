import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commissionsQuery } from "~/api/queries/partner";
import { useTranslation } from "~/i18n/useTranslation";
import { CommissionsTable } from "~/routes/commissions/CommissionsTable";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { Loading } from "~/ui/Loading";
import { Trouble } from "~/ui/Trouble";

const SHOWN = 5;

export function Recent({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const query = useQuery(commissionsQuery(partnerId, {}, SHOWN));
  const all = (
    <Link to="/commissions" className="text-sm font-medium text-accent hover:underline">
      {t("overview.all")}
    </Link>
  );
  return (
    <Card title={t("overview.recent")} aside={all}>
      {query.isPending && <Loading lines={SHOWN} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess &&
        (query.data.data.length > 0 ? <CommissionsTable commissions={query.data.data} /> : <Empty text={t("earnings.commissionsEmpty")} />)}
    </Card>
  );
}
