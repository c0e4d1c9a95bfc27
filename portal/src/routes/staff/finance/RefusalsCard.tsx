import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "~/i18n/useTranslation";
import { refusalsQuery } from "~/api/queries/finance";
import { reasons, useCodes } from "~/i18n/codes";
import { Card } from "~/ui/Card";
import { List } from "~/ui/List";
import { Cell, Head, Table } from "~/ui/Table";
import { useFinancePlace } from "./useFinancePlace";

/** Rows that were not taken in: never lost, always with the place where they stand and the reason. */
export function RefusalsCard() {
  const { t } = useTranslation();
  const word = useCodes();
  const { cursor, move } = useFinancePlace("refusals");
  const query = useQuery(refusalsQuery(cursor));
  return (
    <Card title={t("finance.refusals")}>
      <List query={query} cursor={cursor} onMove={move} empty={t("finance.refusalsEmpty")}>
        {(rows, busy) => (
          <Table label={t("finance.refusals")} busy={busy}>
            <thead>
              <tr>
                <Head>{t("field.order")}</Head>
                <Head>{t("field.reason")}</Head>
                <Head>{t("field.where")}</Head>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <Cell>
                    <span className="wrap-anywhere">{row.order_id || "–"}</span>
                  </Cell>
                  <Cell>
                    {word(reasons, row.reason)}
                    <span className="block text-xs break-words text-muted">{row.detail}</span>
                  </Cell>
                  <Cell>
                    <span className="money">{t("finance.line", { file: row.file, line: row.line })}</span>
                  </Cell>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </List>
    </Card>
  );
}
