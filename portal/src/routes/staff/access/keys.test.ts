import { expect, it } from "vitest";
import { stateOf } from "./keys";

const now = new Date("2026-03-01T12:00:00Z");

it("a key is good without an end, ending before it, ended from it on and once revoked", () => {
  expect(stateOf({ revoked_at: null, expires_at: null }, now)).toBe("good");
  expect(stateOf({ revoked_at: null, expires_at: "2026-03-01T12:00:01Z" }, now)).toBe("ending");
  expect(stateOf({ revoked_at: null, expires_at: "2026-03-01T12:00:00Z" }, now)).toBe("ended");
  expect(stateOf({ revoked_at: "2026-02-01T00:00:00Z", expires_at: null }, now)).toBe("ended");
});
