import type { Period } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Facts } from "../parts/Facts";
import { Count, Moment } from "../parts/values";
import { Anchored } from "./Anchored";

/** What of a month stands on chain, so that nobody can change it unseen, us included. */
export function Checkpoint({ period }: { period: Period }) {
  const { t } = useTranslation();
  const { checkpoint } = period;
  return (
    <Card title={t("periods.checkpoint")} lead={t("periods.checkpointLead")}>
      <Facts
        facts={{
          [t("periods.lastTransaction")]: <Count value={period.last_transaction} />,
          [t("finance.journalHead")]: <Copyable value={period.journal_hash} what={t("finance.journalHead")} />,
          [t("periods.closedAt")]: period.closed_at && <Who at={period.closed_at} by={period.closed_by} />,
          [t("periods.lockedAt")]: period.locked_at && <Who at={period.locked_at} by={period.locked_by} />,
          [t("field.status")]: checkpoint && <Anchored checkpoint={checkpoint} />,
          [t("periods.partners")]: checkpoint && <Count value={checkpoint.partners} />,
          [t("field.root")]: checkpoint && <Copyable value={checkpoint.root} what={t("field.root")} />,
          [t("field.transaction")]: checkpoint?.transaction_hash && <Copyable value={checkpoint.transaction_hash} what={t("field.transaction")} />,
          [t("field.block")]: checkpoint && <Count value={checkpoint.block_number} />,
        }}
      />
    </Card>
  );
}

function Who({ at, by }: { at: string; by: string | null }) {
  return (
    <>
      <Moment at={at} /> <span className="text-muted">{by}</span>
    </>
  );
}
