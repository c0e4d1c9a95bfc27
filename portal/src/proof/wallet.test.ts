import { describe, expect, it } from "vitest";
import { signInMessage, withChecksum } from "./wallet";

describe("withChecksum", () => {
  // The examples of EIP-55.
  it.each([
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  ])("writes %s", (address) => {
    expect(withChecksum(address.toLowerCase())).toBe(address);
  });
});

describe("signInMessage", () => {
  it("follows the grammar of EIP-4361 line by line", () => {
    const nonce = { nonce: "abcdefgh12", domain: "partners.example.com", uri: "https://partners.example.com", chain_id: 31_337 };
    expect(signInMessage("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", nonce, new Date("2026-11-24T12:00:00Z"))).toBe(
      `partners.example.com wants you to sign in with your Ethereum account:
0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed


URI: https://partners.example.com
Version: 1
Chain ID: 31337
Nonce: abcdefgh12
Issued At: 2026-11-24T12:00:00.000Z`,
    );
  });
});
