import { describe, expect, it } from "vitest";
import type { RunWithHistory } from "~/api/types";
import { stepsOf } from "./steps";

const run = (status: RunWithHistory["status"], payouts = 3) =>
  ({ status, payouts, transitions: [{ status: "prepared", by: "ann", at: "", reason: null }] }) as unknown as RunWithHistory;

describe("what may be done with a run", () => {
  it("is to approve it, by anybody of finance but its preparer", () => {
    expect(stepsOf(run("prepared"), "bob").approve).toBe("yes");
    expect(stepsOf(run("prepared"), "ann").approve).toBe("own");
  });

  it("is not to approve a run that pays nobody", () => {
    expect(stepsOf(run("prepared", 0), "bob").approve).toBe("empty");
  });

  it("is to make its file once it is approved, and again while the bank has it", () => {
    const withFile = (["prepared", "approved", "sent", "closed", "rejected", "canceled"] as const).filter((status) => stepsOf(run(status), "bob").file);
    expect(withFile).toEqual(["approved", "sent"]);
  });

  it("is nothing any more once it has ended, but to take in that the bank sent a payment back", () => {
    for (const status of ["closed", "rejected", "canceled"] as const) {
      const answer = status === "closed";
      expect(stepsOf(run(status), "bob")).toEqual({ approve: undefined, reject: false, cancel: false, file: false, answer });
    }
  });
});
