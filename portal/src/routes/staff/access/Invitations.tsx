import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { invitationsQuery, resendInvitation, withdrawInvitation } from "~/api/queries/access";
import type { Invitation } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { type Column, DataTable } from "~/ui/DataTable";
import { Done } from "~/ui/Done";
import { List } from "~/ui/List";
import { StatusBadge } from "~/ui/StatusBadge";
import { Moment } from "../parts/values";
import type { ListSearch } from "../search";
import { InviteByMail } from "./InviteByMail";

function WhoCell({ row }: { row: Invitation }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="font-medium wrap-anywhere">{row.email}</span>
      <span className="block text-xs text-muted">{row.partner_name ?? t(`memberRole.${row.role}`)}</span>
    </>
  );
}

function StepsCell({ row }: { row: Invitation }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: ["invitations"] });
  const resend = useMutation({ mutationFn: resendInvitation, onSettled });
  const withdraw = useMutation({ mutationFn: withdrawInvitation, onSettled });
  if (row.state !== "open" && row.state !== "expired") return null;
  const busy = resend.isPending || withdraw.isPending;
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button disabled={busy} onClick={() => resend.mutate(row.id)} aria-label={t("invitations.resendTo", { email: row.email })}>
        {t("invitations.resend")}
      </Button>
      <Button disabled={busy} onClick={() => withdraw.mutate(row.id)} aria-label={t("invitations.withdrawOf", { email: row.email })}>
        {t("invitations.withdraw")}
      </Button>
      <Done error={resend.error ?? withdraw.error} />
    </div>
  );
}

const COLUMNS: readonly Column<Invitation>[] = [
  { id: "who", label: "invitations.who", Cell: WhoCell },
  { id: "until", label: "invitations.until", Cell: ({ row }) => <Moment at={row.expires_at} />, wide: true },
  { id: "state", label: "field.status", Cell: ({ row }) => <StatusBadge kind="invitation" status={row.state} /> },
];

const WITH_STEPS: readonly Column<Invitation>[] = [...COLUMNS, { id: "steps", label: "members.steps", Cell: StepsCell, right: true }];

/** Who was asked in by a letter, and what became of it. */
export function Invitations({ paged }: { paged: boolean }) {
  const { t } = useTranslation();
  const { cursor, move } = useFilters<ListSearch>();
  const writes = useMay("invitations:write");
  const at = paged ? cursor : {};
  const query = useQuery(invitationsQuery(at));
  return (
    <Card title={t("invitations.title")} lead={t("invitations.lead")} aside={writes && <InviteByMail />}>
      <List query={query} cursor={at} onMove={move} empty={t("invitations.empty")}>
        {(rows, busy) => <DataTable label={t("invitations.title")} columns={writes ? WITH_STEPS : COLUMNS} rows={rows} busy={busy} />}
      </List>
    </Card>
  );
}
