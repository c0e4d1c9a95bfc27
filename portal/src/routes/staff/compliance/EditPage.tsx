import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { editRule, type RuleDetail, ruleQuery, type RuleVersion, ruleVersionQuery } from "~/api/queries/compliance";
import { useTranslation } from "~/i18n/useTranslation";
import { Notice } from "~/ui/Notice";
import { PageHeader } from "~/ui/PageHeader";
import { useStatus } from "~/ui/useStatus";
import { Back } from "../parts/Back";
import { LINK } from "../parts/values";
import { draftOf } from "./draft";
import { Editor } from "./Editor";
import { Kept } from "./Kept";
import { useSaid } from "./words";

/** A version that is still to be published, to be edited. */
export function EditPage() {
  const { versionId } = useParams({ from: "/app/rule-versions/$versionId/edit" });
  const query = useQuery(ruleVersionQuery(versionId));
  return (
    <>
      <Back to={`/rule-versions/${versionId}`} label="editor.toVersion" />
      <Kept query={query}>{(version) => <WithRule key={version.id} version={version} />}</Kept>
    </>
  );
}

function WithRule({ version }: { version: RuleVersion }) {
  const query = useQuery(ruleQuery(version.code));
  return <Kept query={query}>{(rule) => <Shown rule={rule} version={version} />}</Kept>;
}

function Shown({ rule, version }: { rule: RuleDetail; version: RuleVersion }) {
  const { t } = useTranslation();
  const said = useSaid();
  const label = useStatus("rule")(version.state).label;
  const queryClient = useQueryClient();
  const { state, id } = version;
  const closed = state === "published" || state === "withdrawn";
  // What somebody writes stays in sight though somebody else publishes or withdraws the version meanwhile.
  const [wasOpen] = useState(!closed);
  return (
    <>
      <PageHeader title={`${t("editor.editing", { code: version.code, version: version.version })}: ${said(version.document.title)}`}>{t("editor.lead")}</PageHeader>
      {closed && (
        <Notice tone="wait" title={t("editor.notOpen")}>
          <Link to="/rule-versions/$versionId" params={{ versionId: id }} className={LINK}>
            {t("editor.toVersion")}
          </Link>
        </Notice>
      )}
      {(state === "tested" || state === "approved") && (
        <div className="mb-6">
          <Notice tone="wait">{t("editor.backToDraft", { state: label })}</Notice>
        </div>
      )}
      {wasOpen && (
        <Editor
          start={draftOf(version.document, rule.settings)}
          vocabulary={rule}
          version={version}
          save={async (document) => {
            const saved = await editRule(id, document);
            await queryClient.invalidateQueries({ queryKey: ["rules"] });
            return saved;
          }}
        />
      )}
    </>
  );
}
