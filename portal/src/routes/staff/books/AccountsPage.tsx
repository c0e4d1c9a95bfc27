import { useQuery } from "@tanstack/react-query";
import { accountsQuery } from "~/api/queries/finance";
import type { Account } from "~/api/types";
import { accounts, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import type { Column } from "~/ui/DataTable";
import { FilterChip } from "~/ui/FilterChip";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { Back } from "../parts/Back";
import { Listing } from "../parts/Listing";
import { AccountLink } from "../parts/values";
import type { AccountsSearch } from "../search";

function NameCell({ row }: { row: Account }) {
  const { search } = useFilters<AccountsSearch>();
  const { from, to } = search;
  return <AccountLink id={row.id} kind={row.kind} partner={row.partner_name} days={{ ...(from && { from }), ...(to && { to }) }} />;
}

const COLUMNS: readonly Column<Account>[] = [
  { id: "account", label: "field.account", Cell: NameCell },
  { id: "debits", label: "field.debits", Cell: ({ row }) => <Money amount={row.debits} currency={row.currency} />, right: true, wide: true },
  { id: "credits", label: "field.credits", Cell: ({ row }) => <Money amount={row.credits} currency={row.currency} />, right: true, wide: true },
  { id: "balance", label: "field.balance", Cell: ({ row }) => <Money amount={row.balance} currency={row.currency} strong />, right: true },
];

/** The accounts of a kind, or all. */
export function AccountsPage() {
  const { t } = useTranslation();
  const word = useCodes();
  const { search, filter } = useFilters<AccountsSearch>();
  const { kind, search: text } = search;
  const query = useQuery(accountsQuery(search));
  return (
    <>
      <Back to="/finance" label="finance.trial" />
      <PageHeader title={kind ? word(accounts, kind) : t("books.accounts")}>{t("books.accountsLead")}</PageHeader>
      <Panel>
        <Listing
          label={t("books.accounts")}
          query={query}
          columns={COLUMNS}
          empty={t("books.accountsEmpty")}
          onClear={text ? () => filter({ search: undefined }) : undefined}
          tools={
            <>
              <SearchBox label={t("books.searchAccounts")} value={text ?? ""} onSearch={(found) => filter({ search: found })} />
              {kind && <FilterChip text={word(accounts, kind)} onClear={() => filter({ kind: undefined })} />}
            </>
          }
        />
      </Panel>
    </>
  );
}
