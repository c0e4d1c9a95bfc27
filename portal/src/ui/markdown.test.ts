import { describe, expect, it } from "vitest";
import { readMarkdown } from "./markdown";

const plain = (text: string) => [{ text }];

describe("Markdown", () => {
  it("has headings, paragraphs over several lines, and lists that go on in the next line", () => {
    expect(readMarkdown("# 协议 #\n\nOne\ntwo\n\n3. three\n4. four\n   and more\n\n- a\n- b")).toEqual([
      { kind: "heading", level: 1, text: plain("协议") },
      { kind: "paragraph", text: plain("One two") },
      { kind: "list", ordered: true, start: 3, items: [plain("three"), plain("four and more")] },
      { kind: "list", ordered: false, start: 1, items: [plain("a"), plain("b")] },
    ]);
  });

  it("knows stress, and leaves a lone star and HTML as they are", () => {
    expect(readMarkdown("a **b** *c* 2 * 3 <script>")).toEqual([
      { kind: "paragraph", text: [{ text: "a " }, { text: "b", look: "strong" }, { text: " " }, { text: "c", look: "em" }, { text: " 2 * 3 <script>" }] },
    ]);
  });

  it("loses no word of what it does not know", () => {
    const source = "> quoted\n\n| a | b |\n|---|---|\n\n`code` [link](https://example.com)";
    const words = readMarkdown(source).flatMap((block) => (block.kind === "list" ? block.items.flat() : block.text)).map(({ text }) => text);
    expect(words.join(" ")).toBe("> quoted | a | b | |---|---| `code` [link](https://example.com)");
  });

  it("is nothing where nothing is written", () => expect(readMarkdown("\n \n")).toEqual([]));
});
