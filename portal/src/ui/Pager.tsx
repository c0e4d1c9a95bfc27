import { useTranslation } from "~/i18n/useTranslation";
import { type Cursor, neighbours } from "~/api/cursor";
import type { Page } from "~/api/types";
import { Button } from "./Button";

interface Props {
  page: Page<{ id: string }>;
  cursor: Cursor;
  onMove: (cursor: Cursor) => void;
}

/** To the page before and the page after; nothing where all fits on one. */
export function Pager({ page, cursor, onMove }: Props) {
  const { t } = useTranslation();
  const { previous, next } = neighbours(cursor, page.data, page.has_more);
  if (!previous && !next) return null;
  return (
    <div className="mt-4 flex justify-end gap-2">
      <Button disabled={!previous} onClick={() => previous && onMove(previous)}>
        {t("list.previous")}
      </Button>
      <Button disabled={!next} onClick={() => next && onMove(next)}>
        {t("list.next")}
      </Button>
    </div>
  );
}
