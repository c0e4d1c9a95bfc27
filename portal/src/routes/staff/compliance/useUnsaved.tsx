import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "~/i18n/useTranslation";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";

interface Question {
  answer: (stays: boolean) => void;
}

/** Asks before a page is left on which something is not saved; closing the tab is asked about by the browser. */
export function useUnsaved(unsaved: boolean) {
  const { t } = useTranslation();
  const { history } = useRouter();
  const [question, setQuestion] = useState<Question>();

  useEffect(() => {
    if (!unsaved) return;
    // The router's own hook does the same, and would be part of every page's first load.
    return history.block({
      enableBeforeUnload: true,
      blockerFn: () => new Promise<boolean>((answer) => setQuestion({ answer })),
    });
  }, [unsaved, history]);

  const say = (stays: boolean) => {
    question?.answer(stays);
    setQuestion(undefined);
  };
  return (
    <Dialog title={t("editor.leaveTitle")} open={question !== undefined} onClose={() => say(true)}>
      <div className="space-y-4 p-4 text-sm">
        <p>{t("editor.leave")}</p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => say(false)}>{t("editor.leaveStep")}</Button>
          <Button look="main" onClick={() => say(true)}>
            {t("editor.stay")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
