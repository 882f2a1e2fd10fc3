import { architectureText, type ModelFile } from "../models/index.js";

/** FNV-1a over 32-bit words (Fowler, Noll, Vo), twice with different starts, in hexadecimal: for mistakes, not for enemies. */
export class Fingerprint {
  private a = 0x811c9dc5;
  private b = 0x01234567;

  add(bytes: Uint8Array): this {
    const words = new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer);
    for (const word of words) this.word(word);
    for (const byte of bytes.subarray(bytes.length & ~3)) this.word(byte);
    this.word(bytes.length);
    return this;
  }

  private word(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193);
    // Products carry upwards only: what changed in the high bits is brought down.
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ word, 0x85ebca6b);
    this.b ^= this.b >>> 13;
  }

  get text(): string {
    return [this.a, this.b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** The bytes of any array of numbers, as they lie in memory. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Tells models apart: by what they compute and with which weights, not by their notes. */
export function fingerprint({ architecture, parameters }: ModelFile): string {
  const { sizes, ...described } = architecture;
  const print = new Fingerprint().add(new TextEncoder().encode(architectureText(described)));
  for (const [name, { values }] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print.add(new TextEncoder().encode(name)).add(bytesOf(values));
  }
  return print.text;
}
