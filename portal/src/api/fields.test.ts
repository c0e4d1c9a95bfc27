import { describe, expect, it } from "vitest";
import { Problem } from "./client";
import { fieldErrorsOf } from "./fields";

const NAMES = ["domain", "country", "tax"] as const;
const of = (status: number, detail: string) => fieldErrorsOf(new Problem(status, "some", "Some", detail), NAMES, "Not in the form");

describe("what a refusal says of fields", () => {
  it("is the server's words, with the semicolons in them", () => {
    expect(of(409, "domain: everybody has a mailbox at gmail.com; write the company's own domain")).toEqual({
      domain: "everybody has a mailbox at gmail.com; write the company's own domain",
    });
  });

  it("is our words for each that has not the form", () => {
    expect(of(422, "country: String should match pattern '^[A-Z]{2}$'; tax: Field required")).toEqual({ country: "Not in the form", tax: "Not in the form" });
  });

  it("is nothing where no field of the form is named", () => {
    expect(of(409, "A customer is known: 7; that one")).toEqual({});
    expect(of(422, "other: Field required")).toEqual({});
    expect(fieldErrorsOf(new Error("domain: no"), NAMES, "")).toEqual({});
  });
});
