/** The Markdown that agreements are written in: headings, paragraphs, lists, and stress. What else is there stays as it is. */
export type Block =
  | { kind: "heading"; level: number; text: Span[] }
  | { kind: "paragraph"; text: Span[] }
  | { kind: "list"; ordered: boolean; start: number; items: Span[][] };

export interface Span {
  text: string;
  look?: "strong" | "em";
}

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s{0,3}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;

export function readMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  let open: { kind: "lines"; lines: string[] } | { kind: "list"; ordered: boolean; start: number; items: string[] } | undefined;

  const close = () => {
    if (open?.kind === "lines") blocks.push({ kind: "paragraph", text: readSpans(open.lines.join(" ")) });
    if (open?.kind === "list") blocks.push({ ...open, items: open.items.map(readSpans) });
    open = undefined;
  };

  for (const line of source.split(/\r?\n/)) {
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (line.trim() === "") {
      close();
    } else if (heading) {
      close();
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: readSpans(heading[2] ?? "") });
    } else if (item) {
      const ordered = item[1] !== undefined;
      if (open?.kind !== "list" || open.ordered !== ordered) {
        close();
        open = { kind: "list", ordered, start: Number(item[1] ?? 1), items: [] };
      }
      open.items.push(item[2] ?? "");
    } else if (open?.kind === "list") {
      open.items.push(`${open.items.pop() ?? ""} ${line.trim()}`);
    } else {
      open ??= { kind: "lines", lines: [] };
      open.lines.push(line.trim());
    }
  }
  close();
  return blocks;
}

function readSpans(text: string): Span[] {
  return text
    .split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/)
    .filter((part) => part !== "")
    .map((part) => {
      if (/^\*\*.+\*\*$/.test(part)) return { text: part.slice(2, -2), look: "strong" };
      if (/^\*.+\*$/.test(part)) return { text: part.slice(1, -1), look: "em" };
      return { text: part };
    });
}
