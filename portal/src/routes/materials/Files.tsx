import { materialFile } from "~/api/queries/materials";
import type { Material } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";

/** The newest file, and the ones before it behind a fold. */
export function Files({ material }: { material: Material }) {
  const { t } = useTranslation();
  const [newest, ...older] = material.versions;
  if (!newest) return <p className="mt-2 text-sm text-muted">{t("materials.noFile")}</p>;
  return (
    <div className="mt-2 text-sm">
      <File id={material.id} file={newest} />
      {older.length > 0 && (
        <details className="mt-1 text-muted">
          <summary className="w-fit py-1">{t("materials.older", { count: older.length })}</summary>
          <ul>
            {older.map((file) => (
              <li key={file.version} className="py-1">
                <File id={material.id} file={file} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function File({ id, file }: { id: string; file: Material["versions"][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <a href={materialFile(id, file.version)} download className="font-medium text-accent wrap-anywhere hover:underline">
        {file.file_name}
      </a>{" "}
      <span className="text-muted">
        {t("materials.about", { version: file.version, size: format.count(Math.ceil(file.size / 1000)), day: format.day(file.published_at.slice(0, 10)) })}
      </span>
    </>
  );
}
