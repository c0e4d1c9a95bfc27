import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { type Comparison as Found, type Figures, previewQuery } from "~/api/queries/simulator";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { useChangeSearch, useFilters } from "~/routes/search";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Field } from "~/ui/Field";
import { PageHeader } from "~/ui/PageHeader";
import { Trouble } from "~/ui/Trouble";
import { Loaded } from "../parts/Loaded";
import type { SimulatorSearch } from "../search";
import { AssumptionsForm } from "./AssumptionsForm";
import { Charts } from "./Charts";
import { Comparison } from "./Comparison";
import { changeRule, copyOf, type Drafts, flawOf, fromHash, MOST_DESIGNS, PLAIN_ASSUMPTIONS } from "./drafts";
import { Proposals, SavedList } from "./Lists";
import { RuleForm } from "./RuleForm";
import { Saved } from "./Saved";
import { SaveForm } from "./SaveForm";

/** Other plans tried out on the company's own orders, by the rules that pay. */
export function SimulatorPage() {
  const { t } = useTranslation();
  const { search } = useFilters<SimulatorSearch>();
  const change = useChangeSearch();
  const writes = useMay("channel:write");
  if (search.simulation) return <Saved id={search.simulation} onBack={() => change({ simulation: undefined })} />;
  return (
    <>
      <PageHeader title={t("nav.simulator")}>{t("simulator.lead")}</PageHeader>
      {writes ? (
        <Begun onSaved={(id) => change({ simulation: id })} />
      ) : (
        <div className="space-y-6">
          <SavedList />
          <Proposals />
        </div>
      )}
    </>
  );
}

/** Once it is known what there is to simulate. */
function Begun({ onSaved }: { onSaved: (id: string) => void }) {
  const query = useQuery(previewQuery(PLAIN_ASSUMPTIONS, []));
  return <Loaded query={query}>{(found) => <Workbench start={found} onSaved={onSaved} />}</Loaded>;
}

function Workbench({ start, onSaved }: { start: Found; onSaved: (id: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const codes = Object.keys(start.today_rules);
  const named = (number: number) => t("simulator.candidate", { number });
  const [drafts, setDrafts] = useState<Drafts>(
    () => fromHash(location.hash) ?? { designs: [copyOf(start.today_rules, named(1))], assumptions: PLAIN_ASSUMPTIONS },
  );
  const [chosen, setChosen] = useState(0);
  const [plan, setPlan] = useState(codes[0] ?? "");
  const { designs, assumptions } = drafts;
  const design = designs[chosen] ?? designs[0];
  const rule = design?.plans[plan];
  const changeDesign = (next: typeof design) =>
    next && setDrafts((before) => ({ ...before, designs: before.designs.map((one, at) => (at === chosen ? next : one)) }));
  const add = () => {
    setDrafts((before) => ({ ...before, designs: [...before.designs, { ...(design ?? copyOf(start.today_rules, "")), name: named(before.designs.length + 1) }] }));
    setChosen(designs.length);
  };
  const remove = () => {
    setDrafts((before) => ({ ...before, designs: before.designs.filter((_, at) => at !== chosen) }));
    setChosen(Math.max(chosen - 1, 0));
  };
  return (
    <div className="space-y-6">
      <p className="text-sm text-muted">
        {t("simulator.about", { orders: format.count(start.orders), partners: format.count(start.partners), from: format.month(start.from_month), to: format.month(start.to_month) })}
      </p>
      <Card
        title={t("simulator.candidates")}
        lead={t("simulator.candidatesLead")}
        aside={
          <div className="flex flex-wrap gap-2">
            <Button disabled={designs.length >= MOST_DESIGNS} onClick={add}>
              {t("simulator.add")}
            </Button>
            <Button disabled={designs.length <= 1} onClick={remove}>
              {t("simulator.remove")}
            </Button>
          </div>
        }
      >
        <div className="mb-5 flex flex-wrap items-end gap-4">
          <Choice label={t("simulator.candidates")} value={String(chosen)} options={designs.map(({ name }, at) => ({ value: String(at), label: name }))} onChoose={(at) => setChosen(Number(at))} />
          {codes.length > 1 && <Choice label={t("nav.plans")} value={plan} options={codes.map((value) => ({ value, label: value }))} onChoose={setPlan} />}
          {design && (
            <div className="w-56">
              <Field label={t("simulator.name")} value={design.name} maxLength={80} onChange={(event) => changeDesign({ ...design, name: event.target.value })} />
            </div>
          )}
        </div>
        {design && rule && <RuleForm key={`${chosen}:${plan}`} rule={rule} currency={start.currency} onChange={(next) => changeDesign(changeRule(design, plan, next))} />}
      </Card>
      <Card title={t("simulator.assumptions")} lead={t("simulator.assumptionsLead")}>
        <AssumptionsForm assumptions={assumptions} currency={start.currency} onChange={(next) => setDrafts((before) => ({ ...before, assumptions: next }))} />
      </Card>
      <Results drafts={drafts} chosen={chosen} />
      <SaveForm drafts={drafts} currency={start.currency} onSaved={onSaved} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <SavedList />
        <Proposals />
      </div>
    </div>
  );
}

const REST_MS = 600;

/** Each candidate is asked for by itself: when one changes, only that one is reckoned anew. */
function Results({ drafts, chosen }: { drafts: Drafts; chosen: number }) {
  const { t } = useTranslation();
  const { designs, assumptions } = useDeferredValue(drafts);
  const rested = useRested(drafts);
  const sound = designs.filter(({ name, plans }) => name.trim() !== "" && Object.values(plans).every((rule) => flawOf(rule) === null));
  // As many as there can be candidates: `useQueries` would weigh on every page's first load.
  const one = (place: number) => sound.slice(place, place + 1);
  const ask = (place: number) => ({ ...previewQuery(assumptions, one(place)), enabled: place < sound.length });
  const quick = [useQuery(ask(0)), useQuery(ask(1)), useQuery(ask(2)), useQuery(ask(3))].slice(0, sound.length);
  const askLong = (place: number) => ({ ...previewQuery(assumptions, one(place), true), enabled: rested && place < sound.length });
  const long = [useQuery(askLong(0)), useQuery(askLong(1)), useQuery(askLong(2)), useQuery(askLong(3))].slice(0, sound.length);
  const failed = quick.find(({ isError }) => isError);
  if (failed) return <Trouble error={failed.error} onRetry={() => void failed.refetch()} />;
  const found = quick[0]?.data;
  if (!found || quick.some(({ data }) => !data)) return null;
  // What takes longer stands beside the rest once it is about the same candidate.
  const figures = quick.flatMap(({ data }, place) => {
    const at = long[place];
    return (at?.data && !at.isPlaceholderData ? at.data : data)?.designs ?? [];
  });
  const plans = [found.today, ...figures];
  const shown = Math.min(chosen + 1, plans.length - 1);
  return (
    <>
      <Card title={t("simulator.compared")}>
        <Comparison plans={plans} currency={found.currency} />
      </Card>
      <Charts found={found} plans={[stressedToday(found.today, figures[0]), ...figures]} shown={shown} />
    </>
  );
}

/** Today's plan at other volumes stands beside each candidate's. */
function stressedToday(today: Figures, beside: Figures | undefined): Figures {
  const stress = (beside?.stress ?? []).map((row) => ({ ...row, cost: row.today_cost, margin_after: row.today_margin_after }));
  return { ...today, stress };
}

/** Whether nothing has changed for a while. */
function useRested(value: unknown): boolean {
  const [rested, setRested] = useState<unknown>();
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested === value;
}
