import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { type Commission, type CommissionProof, ROLES } from "~/api/types";

/** What a check found: whether the record says what the page says, and whether it leads to the root. */
export interface Verdict {
  leaf: boolean;
  path: boolean;
}

const LEAF_BYTES = 96;
/** Where a role's partner and share stand in a leaf, the referrer's first; see contracts/libraries/OrderCodec.sol. */
const SHARES_AT = [88, 80, 72] as const;

/** Reckons a proof once more: the leaf from its bytes, the root from leaf and path. Nothing is taken on trust but the root. */
export function checkProof(proof: CommissionProof, commission: Commission): Verdict {
  const { order } = proof;
  const leaf = bytesOf(order.leaf);
  return { leaf: leaf.length === LEAF_BYTES && saysTheSame(leaf, commission), path: rootOf(leaf, order.proof) === order.root };
}

function saysTheSame(leaf: Uint8Array, { base, amount, role, kind, settled_on, payable_on }: Commission): boolean {
  const share = SHARES_AT[ROLES.indexOf(role)] ?? 0;
  return (
    uint(leaf, 6, 14) === BigInt(base) &&
    leaf[14] === (kind === "new" ? 0 : 1) &&
    day(leaf, 66) === settled_on &&
    day(leaf, 69) === payable_on &&
    uint(leaf, share, share + 8) === BigInt(amount)
  );
}

/** The root of a tree of sorted pairs, as OpenZeppelin's MerkleProof has it. */
export function rootOf(leaf: Uint8Array, path: readonly string[]): string {
  let at = keccak_256(leaf);
  for (const sibling of path.map(bytesOf)) {
    at = keccak_256(bytesToHex(at) < bytesToHex(sibling) ? concatBytes(at, sibling) : concatBytes(sibling, at));
  }
  return `0x${bytesToHex(at)}`;
}

const bytesOf = (hex: string) => hexToBytes(hex.slice(2));
const uint = (bytes: Uint8Array, from: number, to: number) => BigInt(`0x${bytesToHex(bytes.slice(from, to))}`);
const day = (bytes: Uint8Array, at: number) => new Date(Number(uint(bytes, at, at + 3)) * 86_400_000).toISOString().slice(0, 10);
