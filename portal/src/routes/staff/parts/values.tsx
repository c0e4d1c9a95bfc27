import { Link } from "@tanstack/react-router";
import { accounts, useCodes } from "~/i18n/codes";
import { useFormat } from "~/i18n/useFormat";

/** Values as tables and facts show them; what is not there is a dash. */
export const NOTHING = "–";
export const LINK = "font-medium text-accent hover:underline";

export function Day({ day }: { day: string | null }) {
  const format = useFormat();
  return <span className="money whitespace-nowrap">{day ? format.day(day) : NOTHING}</span>;
}

export function Moment({ at }: { at: string | null }) {
  const format = useFormat();
  return <span className="tabular-nums sm:whitespace-nowrap">{at ? format.time(at) : NOTHING}</span>;
}

export function Count({ value }: { value: number | null }) {
  const format = useFormat();
  return <span className="money">{value === null ? NOTHING : format.count(value)}</span>;
}

export function Code({ text }: { text: string | null }) {
  return text ? <code className="font-mono text-[0.85em] wrap-anywhere">{text}</code> : <>{NOTHING}</>;
}

export function PartnerLink({ id, name }: { id: string; name: string }) {
  return (
    <Link to="/partners/$partnerId" params={{ partnerId: id }} className={LINK}>
      {name}
    </Link>
  );
}

interface AccountLinkProps {
  id: string;
  kind: string;
  partner: string | null;
  /** Days that its postings are narrowed to. */
  days?: { from?: string; to?: string };
}

export function AccountLink({ id, kind, partner, days }: AccountLinkProps) {
  const word = useCodes();
  return (
    <Link to="/accounts/$accountId" params={{ accountId: id }} search={{ ...days }} className={LINK}>
      {word(accounts, kind)}
      {partner && <span className="block text-xs font-normal text-muted">{partner}</span>}
    </Link>
  );
}
