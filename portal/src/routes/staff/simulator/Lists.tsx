import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { approveProposal, type Proposal, proposalsQuery, rejectProposal, simulationsQuery } from "~/api/queries/simulator";
import { numbered } from "~/charts/series";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay, useViewer } from "~/routes/useViewer";
import { Card } from "~/ui/Card";
import { Empty } from "~/ui/Empty";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { LINK, Moment } from "../parts/values";
import { Declared } from "./Declared";
import { RateSummary } from "./RateSummary";
import { useFindingText } from "./words";

/** What was simulated before. */
export function SavedList() {
  const { t } = useTranslation();
  const query = useQuery(simulationsQuery({}));
  return (
    <Card title={t("simulator.saved")}>
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty text={t("simulator.savedNone")} />
          ) : (
            <Table label={t("simulator.saved")}>
              <thead>
                <tr>
                  <Head>{t("simulator.name")}</Head>
                  <Head>{t("field.status")}</Head>
                  <Head wide>{t("simulator.by")}</Head>
                  <Head wide>{t("simulator.at")}</Head>
                </tr>
              </thead>
              <tbody>
                {data.map(({ id, name, status, created_by, created_at }) => (
                  <tr key={id}>
                    <Cell>
                      <Link to="/simulator" search={{ simulation: id }} className={`${LINK} wrap-anywhere`}>
                        {name}
                      </Link>
                    </Cell>
                    <Cell>
                      <StatusBadge kind="simulation" status={status} />
                    </Cell>
                    <Cell wide>{created_by}</Cell>
                    <Cell wide>
                      <Moment at={created_at} />
                    </Cell>
                  </tr>
                ))}
              </tbody>
            </Table>
          )
        }
      </Loaded>
    </Card>
  );
}

/** Candidates on their way to becoming plan versions. */
export function Proposals() {
  const { t } = useTranslation();
  const query = useQuery(proposalsQuery);
  return (
    <Card title={t("simulator.proposals")} lead={t("simulator.proposalsLead")}>
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty text={t("simulator.proposalsNone")} />
          ) : (
            <div className="space-y-6">
              {data.map((proposal) => (
                <One key={proposal.id} proposal={proposal} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}

function One({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation();
  const decides = useMay("rules:write");
  const { login } = useViewer();
  const queryClient = useQueryClient();
  const finding = useFindingText(proposal.currency);
  const refresh = () => Promise.all([["plan-proposals"], ["plans"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  const own = proposal.proposed_by === login;
  return (
    <article aria-label={`${proposal.code} · ${proposal.design}`} className="space-y-3 border-t border-line pt-4 text-sm">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge kind="proposal" status={proposal.status} />
        <span className="font-medium wrap-anywhere">{t("simulator.proposalOf", { code: proposal.code, design: proposal.design })}</span>
        <span className="text-muted">
          {proposal.proposed_by} · <Moment at={proposal.proposed_at} />
        </span>
        {proposal.plan_status && <StatusBadge kind="plan" status={proposal.plan_status} />}
      </p>
      {proposal.decided_by && (
        <p className="text-muted">
          {proposal.decided_by} · <Moment at={proposal.decided_at} /> {proposal.reason}
        </p>
      )}
      <RateSummary design={{ name: proposal.design, plans: { [proposal.code]: proposal.terms } }} currency={proposal.currency} />
      <Declared declaration={proposal.declaration} currency={proposal.currency} />
      <ul className="list-disc space-y-1 pl-5">
        {numbered(proposal.findings).map(({ item: one, place }) => (
          <li key={place}>{finding(one)}</li>
        ))}
      </ul>
      {decides && proposal.status === "waiting" && (
        <div className="flex flex-wrap items-center gap-2">
          <Confirm label={t("simulator.approve")} look="main" disabled={own} run={() => approveProposal(proposal.id).then(refresh)}>
            {t("simulator.approveSure", { code: proposal.code })}
          </Confirm>
          <Confirm label={t("simulator.reject")} reason={t("simulator.reason")} run={(reason) => rejectProposal(proposal.id, reason).then(refresh)}>
            {t("simulator.rejectSure")}
          </Confirm>
          {own && <span className="text-muted">{t("simulator.own")}</span>}
        </div>
      )}
    </article>
  );
}
