import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { changeMaterial, downloadsQuery, publishMaterial } from "~/api/queries/materials";
import type { Material } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Done } from "~/ui/Done";
import { Loaded } from "../staff/parts/Loaded";

/** What staff can do with a material: another version, out of sight and back, and who fetched it. */
export function MaterialSteps({ material }: { material: Material }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const [looking, setLooking] = useState(false);
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: ["materials"] });
  const publish = useMutation({ mutationFn: (chosen: File) => publishMaterial(material.id, (material.versions[0]?.version ?? 0) + 1, chosen), onSuccess });
  const change = useMutation({ mutationFn: changeMaterial.bind(null, material.id), onSuccess });
  const withdrawn = material.withdrawn_at !== null;
  const busy = publish.isPending || change.isPending;
  const about = { title: material.title };
  return (
    <div className="mt-3 space-y-2">
      <div className="flex flex-wrap gap-2">
        <input
          ref={file}
          type="file"
          aria-label={t("materials.newVersionOf", about)}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) publish.mutate(chosen);
            event.target.value = "";
          }}
        />
        <Button disabled={busy} onClick={() => file.current?.click()} aria-label={t("materials.newVersionOf", about)}>
          {t("materials.newVersion")}
        </Button>
        <Button disabled={busy} onClick={() => change.mutate({ withdrawn: !withdrawn })} aria-label={t(withdrawn ? "materials.bringBackOf" : "materials.withdrawOf", about)}>
          {t(withdrawn ? "materials.bringBack" : "materials.withdraw")}
        </Button>
        <Button onClick={() => setLooking(true)} aria-label={t("materials.logOf", about)}>
          {t("materials.log")}
        </Button>
      </div>
      <Done error={publish.error ?? change.error} />
      <Dialog title={t("materials.logOf", about)} open={looking} onClose={() => setLooking(false)}>
        <Log materialId={material.id} />
      </Dialog>
    </div>
  );
}

function Log({ materialId }: { materialId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(downloadsQuery(materialId));
  return (
    <div className="max-h-96 overflow-y-auto p-4 text-sm">
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p>{t("materials.logNone")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.map((row) => (
                <li key={row.id} className="py-2">
                  {row.login} <span className="text-muted">{row.partner_name}</span>
                  <span className="block text-xs text-muted">{t("materials.fetched", { version: row.version, at: format.time(row.at) })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}
