import { useQuery } from "@tanstack/react-query";
import { materialsQuery } from "~/api/queries/materials";
import type { Material } from "~/api/types";
import { LANGUAGE_CODES } from "~/i18n";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";
import { Badge } from "~/ui/Badge";
import { List } from "~/ui/List";
import { PageHeader } from "~/ui/PageHeader";
import { Panel } from "~/ui/Panel";
import { SearchBox } from "~/ui/SearchBox";
import { SelectFilter } from "~/ui/SelectFilter";
import { useFilters } from "../search";
import type { MaterialSearch } from "../staff/search";
import { useMay, useViewer } from "../useViewer";
import { AddButton } from "./AddButton";
import { Files } from "./Files";
import { MaterialSteps } from "./MaterialSteps";

/** What partners can fetch: found by words and language, each in its versions. Staff add, publish and see who fetched. */
export function MaterialsPage() {
  const { t } = useTranslation();
  const { search, cursor, filter, move } = useFilters<MaterialSearch>();
  const language = LANGUAGE_CODES.find((code) => code === search.language);
  const query = useQuery(materialsQuery({ ...(search.search ? { search: search.search } : {}), ...(language ? { language } : {}), ...cursor }));
  const staff = useViewer().partner_id === null;
  const writes = useMay("channel:write");
  const filtered = search.search || search.language;
  return (
    <>
      <PageHeader title={t("nav.materials")}>{t(staff ? "materials.staffLead" : "materials.lead")}</PageHeader>
      <Panel>
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <SearchBox label={t("materials.search")} value={search.search ?? ""} onSearch={(words) => filter({ search: words || undefined })} />
          <SelectFilter
            label={t("materials.language")}
            value={language}
            options={LANGUAGE_CODES.map((code) => ({ value: code, label: t(`language.${code}`) }))}
            onSelect={(chosen) => filter({ language: chosen })}
          />
          {writes && (
            <div className="ml-auto">
              <AddButton />
            </div>
          )}
        </div>
        <List query={query} cursor={cursor} onMove={move} empty={t("materials.none")} onClear={filtered ? () => filter({ search: undefined, language: undefined }) : undefined}>
          {(rows) => (
            <ul className="divide-y divide-line">
              {rows.map((material) => (
                <Entry key={material.id} material={material} writes={writes} />
              ))}
            </ul>
          )}
        </List>
      </Panel>
    </>
  );
}

function Entry({ material, writes }: { material: Material; writes: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { title, summary, language, audience, downloads, withdrawn_at } = material;
  return (
    <li className="py-4 first:pt-0">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h2 className="font-medium wrap-anywhere">{title}</h2>
          {summary && <p className="max-w-prose text-sm text-muted wrap-anywhere">{summary}</p>}
        </div>
        <span className="flex gap-2">
          <Badge tone="quiet">{t(`language.${language}`)}</Badge>
          {withdrawn_at && <Badge tone="bad">{t("materials.withdrawn")}</Badge>}
        </span>
      </div>
      <Files material={material} />
      {audience && (
        <p className="mt-2 text-xs text-muted">
          <Audience audience={audience} /> · {t("materials.downloads", { count: format.count(downloads ?? 0) })}
        </p>
      )}
      {writes && <MaterialSteps material={material} />}
    </li>
  );
}

function Audience({ audience }: { audience: NonNullable<Material["audience"]> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { roles, partner_ids: partners } = audience;
  if (roles.length === 0 && partners.length === 0) return t("materials.forAll");
  const parts = [...roles.map((role) => t(`role.${role}`)), ...(partners.length > 0 ? [t("materials.forPartners", { count: partners.length })] : [])];
  return t("materials.forSome", { whom: format.list(parts) });
}
