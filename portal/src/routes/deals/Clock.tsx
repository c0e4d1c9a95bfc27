import { useEffect, useState } from "react";
import { localeFor } from "~/i18n";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { remaining } from "./remaining";

const EVERY_MS = 30_000;

/** Until when, and how long that is from now; it goes on by itself. */
export function Clock({ until }: { until: string | null }) {
  const { language } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (!until) return <>–</>;
  const { value, unit, over } = remaining(Date.parse(until) - now);
  const spoken = new Intl.RelativeTimeFormat(localeFor(language), { numeric: "always" }).format(value, unit);
  return (
    <span className="inline-block">
      <span className={`block font-medium whitespace-nowrap ${over ? "text-bad" : ""}`}>{spoken}</span>
      <time dateTime={until} className="block text-xs text-muted tabular-nums sm:whitespace-nowrap">
        {format.time(until)}
      </time>
    </span>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
