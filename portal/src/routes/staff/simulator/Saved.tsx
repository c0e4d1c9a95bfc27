import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { cancelSimulation, type Comparison as Found, propose, simulationQuery, type SimulationWithResult } from "~/api/queries/simulator";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Done } from "~/ui/Done";
import { PageHeader } from "~/ui/PageHeader";
import { StatusBadge } from "~/ui/StatusBadge";
import { Confirm } from "../parts/Confirm";
import { Loaded } from "../parts/Loaded";
import { SelectField } from "../parts/SelectField";
import { Charts } from "./Charts";
import { Comparison } from "./Comparison";
import { declared, UNDECLARED } from "./declaration";
import { DeclarationForm } from "./DeclarationForm";
import { Forecast, Front, Tornado } from "./Forecast";

const FORMATS = ["json", "xlsx", "pdf"] as const;

/** A saved simulation: how far it is, what it came to, and the way from there to a plan version. */
export function Saved({ id, onBack }: { id: string; onBack: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(simulationQuery(id));
  return (
    <>
      <Button onClick={onBack}>{t("simulator.back")}</Button>
      <div className="mt-4">
        <Loaded query={query}>{(saved) => <Shown saved={saved} />}</Loaded>
      </div>
    </>
  );
}

function Shown({ saved }: { saved: SimulationWithResult }) {
  const { language } = useTranslation();
  const format = useFormat();
  const { id, result } = saved;
  return (
    <>
      <PageHeader title={saved.name}>
        <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <StatusBadge kind="simulation" status={saved.status} />
          {format.time(saved.created_at)} · {saved.created_by}
          {result && FORMATS.map((one) => (
            <a key={one} href={`/v1/simulations/${id}/file?format=${one}&language=${language}`} download className="font-medium text-accent hover:underline">
              {one.toUpperCase()}
            </a>
          ))}
        </span>
      </PageHeader>
      {!result && <Progress saved={saved} />}
      {result && <Result saved={saved} found={result} />}
    </>
  );
}

function Progress({ saved }: { saved: SimulationWithResult }) {
  const { t } = useTranslation();
  const writes = useMay("channel:write");
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelSimulation(saved.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["simulations"] }),
  });
  const going = saved.status === "queued" || saved.status === "running";
  return (
    <Card title={t("simulator.progress")}>
      {saved.reason && <p className="text-sm">{saved.reason}</p>}
      {going && (
        <div className="space-y-4">
          <progress aria-label={t("simulator.progress")} max={10_000} value={saved.progress_bps} className="h-2 w-full" style={{ accentColor: "var(--accent)" }} />
          {writes && (
            <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("form.cancel")}
            </Button>
          )}
        </div>
      )}
      <Done error={cancel.error} />
    </Card>
  );
}

function Result({ saved, found }: { saved: SimulationWithResult; found: Found }) {
  const { t } = useTranslation();
  const plans = [found.today, ...found.designs];
  const [chosen, setChosen] = useState(String(plans.length > 1 ? 1 : 0));
  const shown = Number(chosen);
  const figures = plans[shown] ?? found.today;
  return (
    <div className="space-y-6">
      <Card
        title={t("simulator.compared")}
        aside={
          <Choice
            label={t("simulator.shown")}
            value={chosen}
            options={plans.map(({ name }, position) => ({ value: String(position), label: position === 0 ? t("simulator.today") : name }))}
            onChoose={setChosen}
          />
        }
      >
        <Comparison plans={plans} currency={found.currency} />
      </Card>
      <Forecast found={found} />
      <div className="grid gap-6 xl:grid-cols-2">
        <Tornado figures={figures} currency={found.currency} />
        <Front found={found} />
      </div>
      {shown > 0 && figures.simulated_only.length === 0 && <Propose saved={saved} name={figures.name} found={found} />}
      <Charts found={found} plans={plans} shown={shown} />
    </div>
  );
}

function Propose({ saved, name, found: { today_rules: today, currency } }: { saved: SimulationWithResult; name: string; found: Found }) {
  const { t } = useTranslation();
  const writes = useMay("channel:write");
  const queryClient = useQueryClient();
  const plans = saved.asked.designs.find((design) => design.name === name)?.plans ?? {};
  const ruleOf = (code: string) => plans[code] ?? plans["*"];
  // Only what would be another version than today's.
  const offered = [...new Set([...Object.keys(today), ...Object.keys(plans)])].filter(
    (code) => code !== "*" && ruleOf(code) && JSON.stringify(ruleOf(code)) !== JSON.stringify(today[code]),
  );
  const [code, setCode] = useState(offered[0] ?? "");
  const [done, setDone] = useState(false);
  const [declaring, setDeclaring] = useState(UNDECLARED);
  const declaration = declared(declaring);
  if (!writes || offered.length === 0) return null;
  const wanted = offered.includes(code) ? code : (offered[0] ?? "");
  const send = async () => {
    if (!declaration) return;
    await propose(saved.id, { design: name, plan: wanted in plans ? wanted : "*", code: wanted, declaration });
    setDone(true);
    await queryClient.invalidateQueries({ queryKey: ["plan-proposals"] });
  };
  return (
    <Card title={t("simulator.propose")} lead={t("simulator.proposeLead")}>
      <div className="max-w-xs">
        <SelectField label={t("nav.plans")} options={offered.map((value) => ({ value, label: value }))} value={wanted} onChange={setCode} />
      </div>
      <DeclarationForm draft={declaring} currency={currency} onChange={setDeclaring} />
      <div className="mt-4 flex flex-wrap items-center gap-4">
        <Confirm label={t("simulator.proposeStep")} look="main" disabled={!declaration} {...(!declaration && { describedBy: "declaration-needed" })} run={send}>
          {t("simulator.proposeSure", { design: name, code: wanted })}
        </Confirm>
        {!declaration && (
          <span id="declaration-needed" className="text-sm text-muted">
            {t("simulator.declarationNeeded")}
          </span>
        )}
      </div>
      <Done error={null} done={done && t("simulator.proposed")} />
    </Card>
  );
}
