import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveSimulation, type Search } from "~/api/queries/simulator";
import { ROLES } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { useMay } from "~/routes/useViewer";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Done } from "~/ui/Done";
import { Field } from "~/ui/Field";
import { type Drafts, KINDS, toHash } from "./drafts";
import { AmountField, PercentField, WholeField } from "./fields";

interface Props {
  drafts: Drafts;
  currency: string;
  onSaved: (id: string) => void;
}

const DRAWS = 200;
/** What is varied and wanted; the limits come from the reader. */
const WHOLE_SEARCH = {
  evaluations: 600,
  kinds: [...KINDS],
  roles: [...ROLES],
  objectives: ["margin_after" as const, "partners_get" as const],
  rates: { low: 0, high: 3_000, step: 25 },
};

/** Keeps what is tried out: as an address, or as a simulation that the worker makes at length. */
export function SaveForm({ drafts, currency, onSaved }: Props) {
  const { t } = useTranslation();
  const writes = useMay("channel:write");
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [search, setSearch] = useState<Search | null>(null);
  const save = useMutation({
    mutationFn: () =>
      saveSimulation({ name: name.trim(), assumptions: drafts.assumptions, designs: [...drafts.designs], draws: DRAWS, ...(search ? { search: { ...WHOLE_SEARCH, ...search } } : {}) }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ["simulations", "list"] });
      onSaved(id);
    },
  });
  return (
    <Card title={t("simulator.keep")} lead={t("simulator.keepLead")}>
      <div className="space-y-4 text-sm">
        <div>
          <p className="mb-1 font-medium">{t("simulator.share")}</p>
          <Copyable value={`${location.origin}/simulator${toHash(drafts)}`} what={t("simulator.share")} />
        </div>
        {writes && (
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate();
            }}
          >
            <div className="max-w-md">
              <Field label={t("simulator.name")} required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
            </div>
            <label className="flex items-center gap-2">
              <input type="checkbox" checked={search !== null} onChange={(event) => setSearch(event.target.checked ? {} : null)} className="size-4" />
              {t("simulator.search")}
            </label>
            {search && <Constraints search={search} currency={currency} onChange={setSearch} />}
            <Button type="submit" look="main" disabled={save.isPending || name.trim() === ""}>
              {t("simulator.save")}
            </Button>
            <Done error={save.error} />
          </form>
        )}
      </div>
    </Card>
  );
}

function Constraints({ search, currency, onChange }: { search: Search; currency: string; onChange: (search: Search) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset>
      <legend className="text-muted">{t("simulator.searchLead")}</legend>
      <div className="mt-2 grid grid-cols-2 gap-4 lg:grid-cols-4">
        <AmountField label={t("simulator.assume_budget")} currency={currency} value={search.budget ?? null} onChange={(budget) => onChange({ ...search, budget })} />
        <PercentField label={t("simulator.leastMargin")} least={-10_000} value={search.least_margin_bps ?? 0} onChange={(bps) => onChange({ ...search, least_margin_bps: bps || null })} />
        <PercentField label={t("simulator.segmentLoss")} value={search.segment_loss_bps ?? 10_000} onChange={(bps) => onChange({ ...search, segment_loss_bps: bps })} />
        <WholeField label={t("simulator.leastPaid")} least={0} most={1_000_000} value={search.partners_paid ?? 0} onChange={(count) => onChange({ ...search, partners_paid: count || null })} />
      </div>
    </fieldset>
  );
}
