import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { proofQuery } from "~/api/queries/partner";
import type { Commission, CommissionProof } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { checkProof } from "~/proof/check";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Copyable } from "~/ui/Copyable";
import { Notice } from "~/ui/Notice";
import { Trouble } from "~/ui/Trouble";

/** The proof for download, and checked in the browser: leaf and path reckoned anew, and where the root comes from. */
export function Proof({ commission }: { commission: Commission }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const query = useQuery({ ...proofQuery(commission.id), enabled: asked });
  return (
    <Card title={t("proof.title")} lead={t("proof.lead")}>
      <div className="flex flex-wrap items-center gap-4">
        <Button disabled={query.isFetching} onClick={() => setAsked(true)}>
          {t(query.isFetching ? "proof.checking" : "proof.check")}
        </Button>
        <a href={`/v1/commissions/${commission.id}/proof`} download className="text-sm font-medium text-accent hover:underline">
          {t("proof.download")}
        </a>
      </div>
      <div aria-live="polite" className="mt-4">
        {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && <Result proof={query.data} commission={commission} />}
      </div>
    </Card>
  );
}

function Result({ proof, commission }: { proof: CommissionProof; commission: Commission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { leaf, path } = checkProof(proof, commission);
  const { order, contract } = proof;
  const command = `cast call ${contract} "rootOf(uint256)(bytes32)" ${order.batch}`;
  const facts = { base: format.money(commission.base, commission.currency), share: format.money(commission.amount, commission.currency) };
  return (
    <Notice tone={leaf && path ? "good" : "bad"} title={t(leaf && path ? "proof.ok" : "proof.bad")}>
      <ul className="list-disc space-y-1.5 pl-5">
        <li>{leaf ? t("proof.leaf", facts) : t("proof.leafWrong")}</li>
        <li>{path ? t("proof.path", { steps: order.proof.length }) : t("proof.pathWrong")}</li>
        <li>
          {t("proof.root", { block: format.count(order.block_number) })}
          <span className="mt-1 block">
            <Copyable value={command} what={t("field.root")} />
          </span>
          <span className="block">
            <Copyable value={order.root} what={t("field.root")} />
          </span>
        </li>
      </ul>
    </Notice>
  );
}
