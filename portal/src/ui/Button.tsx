import type { ButtonHTMLAttributes } from "react";

type Look = "main" | "plain";

const LOOKS: Record<Look, string> = {
  main: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line bg-surface text-ink hover:bg-sunken",
};

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> & { look?: Look };

export function Button({ look = "plain", type = "button", ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      className={`inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3.5 py-1.5 text-sm font-medium transition-colors disabled:opacity-50 ${LOOKS[look]}`}
    />
  );
}
