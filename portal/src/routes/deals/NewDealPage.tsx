import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { makeDeal, submitDeal } from "~/api/queries/deals";
import type { NewDeal } from "~/api/types";
import { useTranslation } from "~/i18n/useTranslation";
import { Back } from "~/routes/staff/parts/Back";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { DealForm } from "./DealForm";

/** A partner registers a customer that it brings. */
export function NewDealPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async (body: NewDeal) => {
      const { id } = await makeDeal(body);
      // What cannot be handed in as it is stays a draft, and its page says why.
      await submitDeal(id).catch(() => undefined);
      return id;
    },
    onSuccess: (dealId) => navigate({ to: "/deals/$dealId", params: { dealId } }),
  });
  return (
    <>
      <Back to="/deals" label="nav.deals" />
      <PageHeader title={t("deals.register")}>{t("deals.registerLead")}</PageHeader>
      <Panel>
        <DealForm busy={make.isPending} error={make.error} onFilled={make.mutate} />
      </Panel>
    </>
  );
}
