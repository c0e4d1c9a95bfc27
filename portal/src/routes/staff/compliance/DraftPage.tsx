import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { draftRule, type Point, type RuleDetail, type RuleDocument, ruleQuery, rulesQuery, type RuleVersion, ruleVersionQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { useFilters } from "~/routes/search";
import { Empty } from "~/ui/Empty";
import { PageHeader } from "~/ui/PageHeader";
import { Back } from "../parts/Back";
import { draftOf, newDraft } from "./draft";
import { Editor } from "./Editor";
import { Kept } from "./Kept";
import type { draftSearch } from "./routes";
import { isPoint, usePoint, useSaid } from "./words";

/** The next version of a rule, which begins as a version of it, or a new rule of a point. Nothing is kept before it is saved. */
export function DraftPage() {
  const { t } = useTranslation();
  const { search } = useFilters<ReturnType<typeof draftSearch>>();
  const { version, point } = search;
  return (
    <>
      <Back to="/rules" label="nav.rules" />
      {version ? <FromVersion key={version} id={version} /> : isPoint(point) ? <OfPoint key={point} point={point} /> : <Empty text={t("rules.none")} />}
    </>
  );
}

function FromVersion({ id }: { id: string }) {
  const query = useQuery(ruleVersionQuery(id));
  return <Kept query={query}>{(version) => <NextVersion version={version} />}</Kept>;
}

function NextVersion({ version }: { version: RuleVersion }) {
  const { t } = useTranslation();
  const said = useSaid();
  const query = useQuery(ruleQuery(version.code));
  const save = useDraft();
  return (
    <>
      <PageHeader title={`${t("editor.title", { code: version.code })}: ${said(version.document.title)}`}>{t("editor.lead")}</PageHeader>
      <Kept query={query}>{(rule) => <Editor start={draftOf(version.document, rule.settings)} vocabulary={rule} version={version} save={save} unsaved />}</Kept>
    </>
  );
}

/** The facts of a point are known by any rule of it. */
function OfPoint({ point }: { point: Point }) {
  const { t } = useTranslation();
  const query = useQuery(rulesQuery);
  return (
    <Kept query={query}>
      {({ data }) => {
        const other = data.find((rule) => rule.point === point);
        return other ? <NewRule point={point} other={other.code} /> : <Empty text={t("editor.noFields")} />;
      }}
    </Kept>
  );
}

function NewRule({ point, other }: { point: Point; other: RuleDetail["code"] }) {
  const { t } = useTranslation();
  const name = usePoint();
  const query = useQuery(ruleQuery(other));
  const save = useDraft();
  return (
    <>
      <PageHeader title={t("editor.newTitle")}>
        {name(point)} · {t("editor.lead")}
      </PageHeader>
      <Kept query={query}>{({ fields }) => <Editor start={newDraft(point)} vocabulary={{ fields, settings: [] }} save={save} unsaved />}</Kept>
    </>
  );
}

/** The first time it is saved it becomes a version, and is edited on as that. */
function useDraft() {
  const router = useRouter();
  const queryClient = useQueryClient();
  return async (document: RuleDocument): Promise<RuleVersion> => {
    const made = await draftRule(document);
    await queryClient.invalidateQueries({ queryKey: ["rules"] });
    await router.navigate({ to: "/rule-versions/$versionId/edit", params: { versionId: made.id }, replace: true, ignoreBlocker: true });
    return made;
  };
}
