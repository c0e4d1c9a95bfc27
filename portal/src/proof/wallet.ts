import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A wallet in the browser, as EIP-1193 has it. */
interface Wallet {
  request: <Answer>(call: { method: string; params?: readonly unknown[] }) => Promise<Answer>;
}

export function wallet(): Wallet | undefined {
  return (globalThis as { ethereum?: Wallet }).ethereum;
}

interface Nonce {
  nonce: string;
  domain: string;
  uri: string;
  chain_id: number;
}

/** The message of EIP-4361 that a wallet signs; the server reads it by its grammar, to the letter. */
export function signInMessage(address: string, { nonce, domain, uri, chain_id }: Nonce, now: Date): string {
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    withChecksum(address),
    "",
    "",
    `URI: ${uri}`,
    "Version: 1",
    `Chain ID: ${chain_id}`,
    `Nonce: ${nonce}`,
    `Issued At: ${now.toISOString()}`,
  ].join("\n");
}

/** An address as EIP-55 writes it: a letter is upper case where the hash has a digit of 8 or more. */
export function withChecksum(address: string): string {
  const lower = address.slice(2).toLowerCase();
  const hash = bytesToHex(keccak_256(utf8ToBytes(lower)));
  const letters = Array.from(lower, (letter, at) => (Number.parseInt(hash[at] ?? "0", 16) >= 8 ? letter.toUpperCase() : letter));
  return `0x${letters.join("")}`;
}
