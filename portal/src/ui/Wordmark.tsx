/** The name, in both scripts, beside three bars: one payment, three shares. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg aria-hidden viewBox="0 0 32 32" className="size-6">
        <rect width="32" height="32" rx="7" className="fill-accent" />
        <path d="M9 8h14v3.6H9zM9 14.2h9v3.6H9zM9 20.4h5V24H9z" className="fill-accent-ink" />
      </svg>
      Fenrun
      <span lang="zh-CN" className="font-normal text-muted max-[26rem]:hidden">
        分润
      </span>
    </span>
  );
}
