import { describe, expect, it } from "vitest";
import { cursorQuery, neighbours } from "./cursor";

const rows = [{ id: "a" }, { id: "b" }];

describe("neighbours", () => {
  it("has no way back from the first page", () => {
    expect(neighbours({}, rows, true)).toEqual({ previous: null, next: { after: "b" } });
    expect(neighbours({}, rows, false)).toEqual({ previous: null, next: null });
  });

  it("leads back from where the reader came from", () => {
    expect(neighbours({ after: "z" }, rows, false)).toEqual({ previous: { before: "a" }, next: null });
    expect(neighbours({ before: "z" }, rows, false)).toEqual({ previous: null, next: { after: "b" } });
    expect(neighbours({ before: "z" }, rows, true)).toEqual({ previous: { before: "a" }, next: { after: "b" } });
  });

  it("leads nowhere from an empty page", () => {
    expect(neighbours({ after: "z" }, [], false)).toEqual({ previous: null, next: null });
  });
});

describe("cursorQuery", () => {
  it("sends one cursor at most, under the API's name", () => {
    expect(cursorQuery({})).toEqual({});
    expect(cursorQuery({ after: "a" })).toEqual({ startingAfter: "a" });
    expect(cursorQuery({ after: "a", before: "b" })).toEqual({ endingBefore: "b" });
  });
});
