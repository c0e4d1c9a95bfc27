import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { accountQuery, postingsQuery } from "~/api/queries/finance";
import type { Account } from "~/api/types";
import { accounts, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { DayField } from "~/ui/DayField";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { SearchBox } from "~/ui/SearchBox";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Listing } from "../parts/Listing";
import { Loaded } from "../parts/Loaded";
import { PartnerLink } from "../parts/values";
import type { PostingsSearch } from "../search";
import { columnsOf } from "./postings";

/** An account and its postings: each leads to its transaction, and from there to orders and the chain. */
export function AccountPage() {
  const { accountId } = useParams({ from: "/app/accounts/$accountId" });
  const query = useQuery(accountQuery(accountId));
  return (
    <>
      <Back to="/accounts" label="books.accounts" />
      <Loaded query={query}>{(account) => <Shown account={account} />}</Loaded>
    </>
  );
}

function Shown({ account }: { account: Account }) {
  const { t } = useTranslation();
  const word = useCodes();
  const { id, kind, partner_id: partnerId, partner_name: partner, currency } = account;
  return (
    <>
      <PageHeader title={word(accounts, kind)}>{partnerId && partner && <PartnerLink id={partnerId} name={partner} />}</PageHeader>
      <div className="space-y-6">
        <Card title={t("books.totals")}>
          <Facts
            facts={{
              [t("field.debits")]: <Money amount={account.debits} currency={currency} />,
              [t("field.credits")]: <Money amount={account.credits} currency={currency} />,
              [t("field.balance")]: <Money amount={account.balance} currency={currency} strong />,
            }}
          />
        </Card>
        <Card title={t("books.postings")} lead={t("books.postingsLead")}>
          <Postings accountId={id} />
        </Card>
      </div>
    </>
  );
}

function Postings({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const { search, filter } = useFilters<PostingsSearch>();
  const { search: text, from, to } = search;
  const query = useQuery(postingsQuery({ account: accountId }, search));
  const columns = useMemo(() => columnsOf(accountId), [accountId]);
  return (
    <Listing
      label={t("books.postings")}
      query={query}
      columns={columns}
      empty={t("books.postingsEmpty")}
      onClear={text || from || to ? () => filter({ search: undefined, from: undefined, to: undefined }) : undefined}
      tools={
        <>
          <SearchBox label={t("books.searchPostings")} value={text ?? ""} onSearch={(found) => filter({ search: found })} />
          <DayField label={t("books.from")} value={from} most={to} onPick={(day) => filter({ from: day })} />
          <DayField label={t("books.to")} value={to} least={from} onPick={(day) => filter({ to: day })} />
        </>
      }
    />
  );
}
