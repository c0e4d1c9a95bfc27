import { useQuery } from "@tanstack/react-query";
import { earningsQuery, statementsQuery } from "~/api/queries/partner";
import type { Partner } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Statements } from "~/routes/partner/statements/StatementsPage";
import { Empty } from "~/ui/Empty";
import { Panel } from "~/ui/Panel";
import { Loaded } from "../parts/Loaded";

/** A partner's statements, as the partner has them. */
export function PartnerStatements({ partner }: { partner: Partner }) {
  const { t } = useTranslation();
  const statements = useQuery(statementsQuery(partner.id));
  const earnings = useQuery(earningsQuery(partner.id));
  return (
    <Panel>
      <Loaded query={earnings}>
        {({ months, currency }) => (
          <Loaded query={statements}>
            {(rows) => (rows.length === 0 ? <Empty text={t("statements.empty")} /> : <Statements statements={rows} months={months} currency={currency} partnerId={partner.id} />)}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}
