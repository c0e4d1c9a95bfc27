import { createElement, type ReactNode } from "react";
import { type Block, readMarkdown, type Span } from "./markdown";

const HEADINGS = ["text-base font-semibold", "text-base font-semibold", "font-semibold"];

/** A text in Markdown, its headings below a level of the page. React escapes whatever is in it; nothing of it moves, so that nothing needs a key. */
export function Prose({ text, below }: { text: string; below: number }) {
  return createElement("div", { className: "max-w-prose space-y-3 text-sm leading-relaxed" }, ...readMarkdown(text).map((block) => partOf(block, below)));
}

function partOf(block: Block, below: number): ReactNode {
  switch (block.kind) {
    case "heading":
      return createElement(`h${Math.min(below + block.level, 6)}`, { className: HEADINGS[block.level - 1] ?? "font-medium" }, ...spansOf(block.text));
    case "paragraph":
      return createElement("p", null, ...spansOf(block.text));
    case "list": {
      const items = block.items.map((item) => createElement("li", null, ...spansOf(item)));
      if (!block.ordered) return createElement("ul", { className: "list-disc space-y-1 pl-6" }, ...items);
      return createElement("ol", { start: block.start, className: "list-decimal space-y-1 pl-6" }, ...items);
    }
  }
}

const spansOf = (spans: readonly Span[]): ReactNode[] => spans.map(({ text, look }) => (look ? createElement(look, null, text) : text));
