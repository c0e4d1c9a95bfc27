import { describe, expect, it } from "vitest";
import { type Column, columnsShown } from "./DataTable";

const column = (id: string, optional = false): Column<unknown> => ({ id, label: "field.order", Cell: () => null, optional });
const columns = [column("order"), column("role"), column("tier", true), column("amount")];
const ids = (picked: string | undefined) => columnsShown(columns, picked).map(({ id }) => id);

describe("columnsShown", () => {
  it("leaves the optional ones out until somebody picks", () => {
    expect(ids(undefined)).toEqual(["order", "role", "amount"]);
  });

  it("shows what was picked, in the order of the table, and always the first", () => {
    expect(ids("amount,tier")).toEqual(["order", "tier", "amount"]);
  });

  it("does without what it does not know", () => {
    expect(ids("tier,gone")).toEqual(["order", "tier"]);
  });
});
