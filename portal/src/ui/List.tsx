import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import type { Cursor } from "~/api/cursor";
import type { Page } from "~/api/types";
import { Button } from "./Button";
import { Empty } from "./Empty";
import { Loading } from "./Loading";
import { Pager } from "./Pager";
import { Trouble } from "./Trouble";

interface Props<Row extends { id: string }> {
  query: UseQueryResult<Page<Row>>;
  cursor: Cursor;
  onMove: (cursor: Cursor) => void;
  /** Said when nothing exists at all. */
  empty: string;
  /** Given when filters are set: takes them back. */
  onClear?: (() => void) | undefined;
  children: (rows: Row[], busy: boolean) => ReactNode;
}

/** A list in every state it can be in: loading, in trouble, empty, without a match, or there. */
export function List<Row extends { id: string }>({ query, cursor, onMove, empty, onClear, children }: Props<Row>) {
  const { t } = useTranslation();
  const away = Boolean(cursor.after || cursor.before);
  if (query.isPending) return <Loading lines={6} />;
  if (query.isError) {
    return (
      <>
        <Trouble error={query.error} onRetry={() => void query.refetch()} />
        {away && (
          <p className="mt-3">
            <Button onClick={() => onMove({})}>{t("list.firstPage")}</Button>
          </p>
        )}
      </>
    );
  }
  const page = query.data;
  if (page.data.length === 0) {
    return (
      <Empty text={onClear ? t("list.noMatch") : away ? t("list.empty") : empty}>
        {onClear && <Button onClick={onClear}>{t("list.clear")}</Button>}
        {!onClear && away && <Button onClick={() => onMove({})}>{t("list.firstPage")}</Button>}
      </Empty>
    );
  }
  return (
    <>
      {children(page.data, query.isPlaceholderData)}
      <Pager page={page} cursor={cursor} onMove={onMove} />
    </>
  );
}
