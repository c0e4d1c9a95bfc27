import { describe, expect, it } from "vitest";
import { en } from "./en";
import { translator } from "./translate";
import { zhCN } from "./zh-CN";

describe("a translator", () => {
  it("finds a text by its path and fills its gaps", () => {
    expect(translator(en)("earnings.titleOf", { name: "Müller $& Söhne" })).toBe("Earnings of Müller $& Söhne");
    expect(translator(zhCN)("finance.line", { file: "orders.csv", line: 0 })).toBe("orders.csv 第 0 行");
  });

  it("is checked by the compiler: paths and gaps", () => {
    const t = translator(en);
    // @ts-expect-error there is no such text
    expect(t("earnings.nothing")).toBe("earnings.nothing");
    // @ts-expect-error the name is missing
    expect(t("earnings.titleOf")).toBe("Earnings of {{name}}");
  });
});
