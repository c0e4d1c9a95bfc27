import type { AgreementStanding } from "~/api/types";
import { useFormat } from "~/i18n/useFormat";
import { useTranslation } from "~/i18n/useTranslation";

/** Who signed which version, when and from where. */
export function Signatures({ signatures }: { signatures: AgreementStanding["signatures"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="divide-y divide-line border-t border-line text-sm">
      {signatures.map(({ id, version, signer, login, address, signed_at, sha256 }) => (
        <li key={id} className="py-2.5">
          {t("agreements.signedBy", { version, signer, at: format.time(signed_at) })}
          <span className="block text-xs text-muted wrap-anywhere">
            {login} · {address} · SHA-256 {sha256}
          </span>
        </li>
      ))}
    </ul>
  );
}
