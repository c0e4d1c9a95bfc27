import { expect, test } from "vitest";
import { LEAST, passwordTrouble } from "./newPassword";

test("a password has as many characters as the server wants", () => {
  expect(passwordTrouble("x".repeat(LEAST - 1), "x".repeat(LEAST - 1))).toBe("short");
  expect(passwordTrouble("x".repeat(LEAST), "x".repeat(LEAST))).toBeUndefined();
});

test("characters are counted as the server counts them", () => {
  const eleven = "𠮷".repeat(LEAST - 1);
  expect(passwordTrouble(eleven, eleven)).toBe("short");
  expect(passwordTrouble(`${eleven}𠮷`, `${eleven}𠮷`)).toBeUndefined();
});

test("spaces belong to a password", () => {
  const padded = ` ${"x".repeat(LEAST - 2)} `;
  expect(passwordTrouble(padded, padded)).toBeUndefined();
  expect(passwordTrouble(padded, padded.trim())).toBe("different");
});

test("what is typed again must be the same", () => {
  expect(passwordTrouble("correct horse battery", "correct horse batterY")).toBe("different");
});
