import { useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Choice } from "~/ui/Choice";
import { Copyable } from "~/ui/Copyable";
import { Field } from "~/ui/Field";
import { Figure } from "~/ui/Figure";
import { Money } from "~/ui/Money";
import { Notice } from "~/ui/Notice";
import { SearchBox } from "~/ui/SearchBox";
import { SelectFilter } from "~/ui/SelectFilter";
import { StatusFilter } from "~/ui/StatusFilter";
import { StatusLegend } from "~/ui/StatusLegend";
import { STATUSES, type StatusKind, type StatusOf, type Tone } from "~/ui/status";

const SWATCHES = ["canvas", "surface", "sunken", "ink", "muted", "line", "accent", "good", "wait", "bad", "referrer", "implementer", "trainer"] as const;
const TONES: Record<Tone, "noticeGood" | "noticeWait" | "noticeBad" | "noticeQuiet"> = {
  good: "noticeGood",
  wait: "noticeWait",
  bad: "noticeBad",
  quiet: "noticeQuiet",
};
const HASH = `0x${"5eed".repeat(16)}`;

export function Parts() {
  const { t } = useTranslation();
  return (
    <>
      <Card title={t("design.colours")}>
        <ul className="grid grid-cols-3 gap-3 text-xs sm:grid-cols-5">
          {SWATCHES.map((name) => (
            <li key={name}>
              <span className="block h-10 rounded-md border border-line" style={{ background: `var(--${name})` }} />
              <code className="text-muted">{name}</code>
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("design.text")} lead={t("design.textQuiet")}>
        <p>{t("design.textSample")}</p>
        <p className="mt-2">
          <Copyable value={HASH} what={t("field.transaction")} />
        </p>
      </Card>
      <Card title={t("design.buttons")}>
        <div className="flex flex-wrap gap-2">
          <Button look="main">{t("design.main")}</Button>
          <Button>{t("design.plain")}</Button>
          <Button look="main" disabled>
            {t("design.disabled")}
          </Button>
          <Button disabled>{t("design.disabled")}</Button>
        </div>
      </Card>
      <Choices />
      <Card title={t("design.fields")}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("design.name")} defaultValue={t("design.textSample")} />
          <Field label={t("design.name")} hint={t("design.hint")} />
          <Field label={t("design.name")} error={t("design.wrong")} />
          <Field label={t("design.name")} disabled defaultValue={t("design.disabled")} />
        </div>
      </Card>
      <Card title={t("design.badges")}>
        {(Object.keys(STATUSES) as StatusKind[]).map((kind) => (
          <StatusLegend key={kind} kind={kind} open />
        ))}
      </Card>
      <Card title={t("design.notices")}>
        <div className="space-y-3">
          {(Object.keys(TONES) as Tone[]).map((tone) => (
            <Notice key={tone} tone={tone} title={t(`design.${TONES[tone]}`)}>
              {t("design.textSample")}
            </Notice>
          ))}
        </div>
      </Card>
      <Card title={t("design.figures")}>
        <dl className="grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3">
          <Figure main label={t("field.available")} amount="1234567890" currency="CNY" note={t("design.hint")} />
          <Figure label={t("field.held")} amount="0" currency="JPY" note={t("design.hint")} />
          <Figure label={t("field.paid")} amount="-99999999999999999999" currency="KWD" note={t("design.hint")} />
        </dl>
        <p className="mt-4 text-right">
          <Money amount="100" currency="USD" /> · <Money strong amount="-5" currency="USD" />
        </p>
      </Card>
    </>
  );
}

function Choices() {
  const { t } = useTranslation();
  const [value, setValue] = useState<"one" | "other">("one");
  const [status, setStatus] = useState<StatusOf<"payout">>();
  const [text, setText] = useState("");
  const options = [
    { value: "one", label: t("design.one") },
    { value: "other", label: t("design.other") },
  ] as const;
  return (
    <Card title={t("design.choices")}>
      <div className="flex flex-wrap items-center gap-3">
        <Choice label={t("design.choices")} value={value} options={options} onChoose={setValue} />
        <SelectFilter label={t("field.role")} value={value} options={options} onSelect={(chosen) => setValue(chosen ?? "one")} />
        <StatusFilter kind="payout" value={status} onSelect={setStatus} />
        <SearchBox label={t("design.name")} value={text} onSearch={setText} />
      </div>
    </Card>
  );
}
