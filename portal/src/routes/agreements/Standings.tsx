import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { standingsQuery } from "~/api/queries/agreements";
import type { Agreement, AgreementStanding } from "~/api/types";
import { today } from "~/i18n/dates";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Empty } from "~/ui/Empty";
import { Loading } from "~/ui/Loading";
import { Panel } from "~/ui/Panel";
import { StatusBadge } from "~/ui/StatusBadge";
import { StatusLegend } from "~/ui/StatusLegend";
import { Trouble } from "~/ui/Trouble";
import { Reading } from "./Reading";
import { Signatures } from "./Signatures";

/** How a partner stands to each agreement. */
export function Standings({ partnerId }: { partnerId: string }) {
  const { t } = useTranslation();
  const query = useQuery(standingsQuery(partnerId));
  return (
    <div className="space-y-6">
      {query.isPending && <Loading lines={6} />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && (
        <Panel>
          <Empty text={t("agreements.none")} />
        </Panel>
      )}
      {query.data?.map((standing) => (
        <Standing key={standing.name} standing={standing} />
      ))}
      {query.data && query.data.length > 0 && <StatusLegend kind="agreement" />}
    </div>
  );
}

function Standing({ standing }: { standing: AgreementStanding }) {
  const { t, language } = useTranslation();
  const format = useFormat();
  const { texts, state, signatures } = standing;
  const [chosen, setChosen] = useState<Agreement["language"]>();
  const [reading, setReading] = useState(false);
  const text = texts.find((one) => one.language === (chosen ?? language)) ?? texts[0];
  if (!text) return null;
  const about = { version: text.version, day: format.day(text.effective_on) };
  return (
    <Card
      title={text.title}
      lead={t(text.effective_on > today() ? "agreements.from" : "agreements.since", about)}
      aside={<StatusBadge kind="agreement" status={state} />}
    >
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Button look={state === "signed" ? "plain" : "main"} aria-expanded={reading} onClick={() => setReading(!reading)}>
          {t(state === "signed" || reading ? (reading ? "agreements.close" : "agreements.read") : "agreements.readAndSign")}
        </Button>
        {texts.length > 1 && (
          <Choice
            label={t("agreements.language")}
            value={text.language}
            options={texts.map((one) => ({ value: one.language, label: t(`language.${one.language}`) }))}
            onChoose={setChosen}
          />
        )}
      </div>
      {reading && <Reading key={text.id} agreement={text} signing={state !== "signed"} onSigned={() => setReading(false)} />}
      {signatures.length > 0 && <Signatures signatures={signatures} />}
    </Card>
  );
}
