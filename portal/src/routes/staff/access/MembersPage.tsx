import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "~/api/queries/access";
import type { Member } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { useMay } from "~/routes/useViewer";
import type { Column } from "~/ui/DataTable";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Listing } from "../parts/Listing";
import { Day } from "../parts/values";
import type { ListSearch } from "../search";
import { Invitations } from "./Invitations";
import { InviteButton } from "./InviteButton";
import { MemberSteps } from "./MemberSteps";

function LoginCell({ row }: { row: Member }) {
  return (
    <>
      <span className="font-medium wrap-anywhere">{row.login}</span>
      {row.email && <span className="block text-xs text-muted wrap-anywhere">{row.email}</span>}
    </>
  );
}

function RoleCell({ row }: { row: Member }) {
  const { t } = useTranslation();
  return (
    <>
      {t(`memberRole.${row.role}`)}
      {row.is_owner && <span className="block text-xs text-muted">{t("members.owner")}</span>}
    </>
  );
}

function WaysCell({ row }: { row: Member }) {
  const { t } = useTranslation();
  const ways = [row.has_totp && t("members.totp"), row.wallet && t("members.wallet"), row.has_oidc && t("members.oidc")].filter(Boolean);
  return <span className="text-muted">{ways.length > 0 ? ways.join(" · ") : t("members.passwordOnly")}</span>;
}

const COLUMNS: readonly Column<Member>[] = [
  { id: "login", label: "members.login", Cell: LoginCell },
  { id: "role", label: "field.role", Cell: RoleCell },
  { id: "ways", label: "members.ways", Cell: WaysCell, wide: true },
  { id: "since", label: "members.since", Cell: ({ row }) => <Day day={row.created_at.slice(0, 10)} />, wide: true },
  { id: "status", label: "field.status", Cell: ({ row }) => <StatusBadge kind="member" status={row.disabled_at ? "disabled" : "active"} /> },
];

const WITH_STEPS: readonly Column<Member>[] = [...COLUMNS, { id: "steps", label: "members.steps", Cell: ({ row }) => <MemberSteps member={row} />, right: true }];

/** Who may sign in and as what, for those who may know it; and who was asked in. */
export function MembersPage() {
  const { t } = useTranslation();
  const reads = useMay("access:read");
  return (
    <>
      <PageHeader title={t("nav.members")}>{t("members.lead")}</PageHeader>
      <div className="space-y-6">
        {reads && <Members />}
        <Invitations paged={!reads} />
      </div>
    </>
  );
}

function Members() {
  const { t } = useTranslation();
  const { cursor } = useFilters<ListSearch>();
  const writes = useMay("access:write");
  const query = useQuery(membersQuery(cursor));
  return (
    <Panel>
      <Listing
        label={t("nav.members")}
        query={query}
        columns={writes ? WITH_STEPS : COLUMNS}
        empty={t("members.empty")}
        tools={writes && <InviteButton />}
      />
      <StatusLegend kind="member" />
    </Panel>
  );
}
