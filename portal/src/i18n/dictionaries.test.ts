import { describe, expect, it } from "vitest";
import { accounts, checks, documents, exclusions, laws, partnerTypes, reasons } from "./codes";
import { en } from "./en";
import { zhCN } from "./zh-CN";

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") texts.set(prefix + key, value);
    else for (const [path, text] of flatten(value, `${prefix}${key}.`)) texts.set(path, text);
  }
  return texts;
}

const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted();

describe("the dictionaries", () => {
  const english = flatten(en);
  const chinese = flatten(zhCN);

  it("have the same keys", () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it("have the same gaps to fill in each text", () => {
    for (const [key, text] of english) expect([key, gaps(chinese.get(key) ?? "")]).toEqual([key, gaps(text)]);
  });

  it("leave no text empty, and none in the other language", () => {
    for (const [key, text] of english) expect([key, /^[^\u4e00-\u9fff]+$/.test(text)]).toEqual([key, true]);
    for (const [key, text] of chinese) expect([key, /[\u4e00-\u9fff]/.test(text)]).toEqual([key, true]);
  });

  it("hold both languages for every code", () => {
    for (const words of [reasons, accounts, checks, documents, exclusions, laws, partnerTypes].flatMap((codes) => Object.values(codes))) {
      expect(words.en).toMatch(/^[^\u4e00-\u9fff]+$/);
      expect(words["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
