import { useQuery } from "@tanstack/react-query";
import { standingsQuery } from "~/api/queries/agreements";
import type { Partner } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Signatures } from "~/routes/agreements/Signatures";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { StatusBadge } from "~/ui/StatusBadge";
import { Loaded } from "../parts/Loaded";

/** What a partner has signed, and what it has not. */
export function PartnerAgreements({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const query = useQuery(standingsQuery(partner.id));
  return (
    <Card title={t("nav.agreements")}>
      <Loaded query={query}>
        {(standings) =>
          standings.length === 0 ? (
            <Empty text={t("agreements.staffNone")} />
          ) : (
            <ul className="space-y-4">
              {standings.map(({ name, state, texts, signatures }) => (
                <li key={name}>
                  <p className="mb-2 flex flex-wrap items-center justify-between gap-2 text-sm font-medium">
                    {texts[0]?.title} <StatusBadge kind="agreement" status={state} />
                  </p>
                  <Signatures signatures={signatures} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
