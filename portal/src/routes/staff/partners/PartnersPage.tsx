import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "~/i18n/useTranslation";
import { partnersQuery } from "~/api/queries/channel";
import type { Partner } from "~/api/types";
import { List } from "~/ui/List";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { StatusBadge } from "~/ui/StatusBadge";
import { Cell, Head, Table } from "~/ui/Table";
import { type PartnerSearch, useFilters } from "~/routes/search";

export function PartnersPage() {
  const { t } = useTranslation();
  const { search, cursor, filter, move } = useFilters<PartnerSearch>();
  const query = useQuery(partnersQuery(search));
  const clear = search.search ? () => filter({ search: undefined }) : undefined;
  return (
    <>
      <PageHeader title={t("partners.title")} />
      <Panel>
        <div className="mb-4">
          <SearchBox label={t("partners.searchLabel")} value={search.search ?? ""} onSearch={(text) => filter({ search: text })} />
        </div>
        <List query={query} cursor={cursor} onMove={move} empty={t("partners.empty")} onClear={clear}>
          {(rows, busy) => <PartnersTable partners={rows} busy={busy} />}
        </List>
      </Panel>
    </>
  );
}

const SUMS = ["earned", "paid", "held", "available", "debt"] as const;

function PartnersTable({ partners, busy }: { partners: readonly Partner[]; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Table label={t("partners.title")} busy={busy}>
      <thead>
        <tr>
          <Head>{t("field.partner")}</Head>
          <Head wide>{t("field.country")}</Head>
          <Head wide>{t("field.status")}</Head>
          {SUMS.map((sum) => (
            <Head key={sum} right wide={sum !== "earned" && sum !== "available"}>
              {t(`field.${sum}`)}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {partners.map((partner) => (
          <tr key={partner.id} className="hover:bg-sunken">
            <Cell>
              <Link
                to="/partners/$partnerId"
                params={{ partnerId: partner.id }}
                aria-label={t("partners.open", { name: partner.name })}
                className="font-medium text-accent hover:underline"
              >
                {partner.name}
              </Link>
              <span className="block text-xs text-muted">{partner.external_id}</span>
            </Cell>
            <Cell wide>{partner.country}</Cell>
            <Cell wide>
              <StatusBadge kind="partner" status={partner.status} />
            </Cell>
            {SUMS.map((sum) => (
              <Cell key={sum} right wide={sum !== "earned" && sum !== "available"}>
                <Money amount={partner[sum]} currency={partner.currency} />
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
