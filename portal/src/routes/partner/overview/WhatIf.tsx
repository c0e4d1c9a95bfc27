import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { whatIfQuery } from "~/api/queries/simulator";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Card } from "~/ui/Card";
import { Trouble } from "~/ui/Trouble";

const WHOLE_BPS = 10_000;
const STEP_BPS = 1_000;

/** What the partner's own orders would have earned at another volume, by the rules that settle them. */
export function WhatIf({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [volume, setVolume] = useState(12_000);
  const query = useQuery(whatIfQuery(partnerId, useDeferredValue(volume)));
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  const found = query.data;
  return (
    <Card title={t("whatIf.title")} lead={t("whatIf.lead")}>
      <label className="block text-sm">
        <span className="mb-1 block font-medium">{t("whatIf.volume", { volume: format.rate(volume) })}</span>
        <input
          type="range"
          min={WHOLE_BPS / 2}
          max={3 * WHOLE_BPS}
          step={STEP_BPS}
          value={volume}
          aria-valuetext={format.rate(volume)}
          onChange={(event) => setVolume(Number(event.target.value))}
          className="w-full max-w-md"
          style={{ accentColor: "var(--accent)" }}
        />
      </label>
      <p aria-live="polite" className="mt-3 text-sm">
        {found && (
          <>
            <strong>{t("whatIf.would", { would: format.money(found.would_earn, found.currency) })}</strong>{" "}
            <span className="text-muted">{t("whatIf.instead", { earned: format.money(found.earned, found.currency), orders: format.count(found.orders) })}</span>
          </>
        )}
      </p>
    </Card>
  );
}
