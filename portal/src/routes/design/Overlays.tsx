import { useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Card";
import { Dialog } from "~/ui/Dialog";
import { Popover } from "~/ui/Popover";

export function Overlays() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"middle" | "side">();
  const close = () => setOpen(undefined);
  return (
    <Card title={t("design.overlays")}>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen("middle")}>{t("design.openDialog")}</Button>
        <Button onClick={() => setOpen("side")}>{t("design.openSide")}</Button>
        <Popover label={t("design.openMenu")}>
          <p>{t("design.textSample")}</p>
        </Popover>
      </div>
      {(["middle", "side"] as const).map((place) => (
        <Dialog key={place} title={t("design.overlays")} side={place === "side"} open={open === place} onClose={close}>
          <p className="p-4 text-sm">{t("design.textSample")}</p>
        </Dialog>
      ))}
    </Card>
  );
}
