import { Fingerprint } from "./fingerprint.js";
import { LENGTH_BYTES } from "./safetensorsFormat.js";

/**
 * A safetensors file of ours carries a digest of itself: the first entry of its metadata, which every other reader takes for
 * one more note. It is the `Fingerprint` of the whole file, length and header too, with zeros in the place of its own digits;
 * it finds damage, and is no protection from whoever means to forge a file.
 *
 * It counts only in this very place. So a file that was damaged there has no digest any more, which is why the formats that
 * promise one (`expectFormat`) do not go without.
 */
export const DIGEST_KEY = "digest";

/** What stands in the digest's place while it is made. */
export const NO_DIGEST = "0".repeat(16);

const OPENING = `{"__metadata__":{"${DIGEST_KEY}":"`;
const FROM = LENGTH_BYTES + OPENING.length;
const TO = FROM + NO_DIGEST.length;
/** Copied, for zeros to be put in the digits' place: whole words. */
const HEAD = Math.ceil(TO / 4) * 4;

/** Puts the digest of a file that has `NO_DIGEST` as its metadata's first entry, `DIGEST_KEY`, in its place. */
export function sign(file: Uint8Array): void {
  file.set(new TextEncoder().encode(digestOf(file)), FROM);
}

/** Whether a file is what its digest says; null if it has none. */
export function isIntact(file: Uint8Array): boolean | null {
  const text = String.fromCharCode(...file.subarray(LENGTH_BYTES, TO));
  return text.startsWith(OPENING) ? text === OPENING + digestOf(file) : null;
}

function digestOf(file: Uint8Array): string {
  const head = Uint8Array.from(file.subarray(0, HEAD)).fill(0x30, FROM, TO);
  return new Fingerprint().add(head).add(file.subarray(HEAD)).text;
}
