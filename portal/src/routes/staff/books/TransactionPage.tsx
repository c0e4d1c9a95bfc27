import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { postingsQuery, transactionQuery } from "~/api/queries/finance";
import type { Transaction } from "~/api/types";
import { transactions, useCodes } from "~/i18n/codes";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Money } from "~/ui/Money";
import { PageHeader } from "~/ui/PageHeader";
import { Back } from "../parts/Back";
import { Facts } from "../parts/Facts";
import { Listing } from "../parts/Listing";
import { Loaded } from "../parts/Loaded";
import { Count, Day, LINK, Moment } from "../parts/values";
import type { ListSearch } from "../search";
import { ENDS } from "./postings";

/** What one log of the chain did to the books. */
export function TransactionPage() {
  const { number } = useParams({ from: "/app/transactions/$number" });
  const query = useQuery(transactionQuery(Number(number)));
  return (
    <>
      <Back to="/accounts" label="books.accounts" />
      <Loaded query={query}>{(transaction) => <Shown transaction={transaction} />}</Loaded>
    </>
  );
}

function Shown({ transaction }: { transaction: Transaction }) {
  const { t } = useTranslation();
  const word = useCodes();
  const { search } = useFilters<ListSearch>();
  const postings = useQuery(postingsQuery({ transaction: transaction.number }, search));
  return (
    <>
      <PageHeader title={`${word(transactions, transaction.kind)} № ${transaction.number}`}>{t("books.transactionLead")}</PageHeader>
      <div className="space-y-6">
        <Card title={t("books.log")}>
          <Facts
            facts={{
              [t("books.day")]: <Day day={transaction.on} />,
              [t("field.amount")]: <Money amount={transaction.amount} currency={transaction.currency} strong />,
              [t("field.batch")]: transaction.batch_id && (
                <Link to="/batches/$batchId" params={{ batchId: transaction.batch_id }} className={LINK}>
                  {t("books.batchOrders", { number: transaction.batch_number ?? "" })}
                </Link>
              ),
              [t("field.block")]: <Count value={transaction.block_number} />,
              [t("field.transaction")]: transaction.transaction_hash && <Copyable value={transaction.transaction_hash} what={t("field.transaction")} />,
              [t("books.posted")]: <Moment at={transaction.posted_at} />,
              [t("books.hash")]: transaction.hash && <Copyable value={transaction.hash} what={t("books.hash")} />,
              [t("books.chainHead")]: transaction.chain_head && <Copyable value={transaction.chain_head} what={t("books.chainHead")} />,
            }}
          />
        </Card>
        <Card title={t("books.postings")}>
          <Listing label={t("books.postings")} query={postings} columns={ENDS} empty={t("books.postingsNone")} />
        </Card>
      </div>
    </>
  );
}
