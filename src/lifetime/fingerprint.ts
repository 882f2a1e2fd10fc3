import type { ModelFile } from "../models/index.js";

/** FNV-1a over 32-bit words (Fowler, Noll, Vo), twice with different starts, in hexadecimal: for mistakes, not for enemies. */
export class Fingerprint {
  private a = 0x811c9dc5;
  private b = 0x01234567;

  add(bytes: Uint8Array): this {
    const whole = bytes.length & ~3;
    const isAligned = bytes.byteOffset % 4 === 0;
    const words = isAligned
      ? new Uint32Array(bytes.buffer, bytes.byteOffset, whole / 4)
      : new Uint32Array(bytes.slice(0, whole).buffer);
    let { a, b } = this;
    const mix = (word: number) => {
      // Products carry upwards only: what changed in the high bits is brought down.
      a = Math.imul(a ^ word, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca6b);
      b ^= b >>> 13;
    };
    for (let k = 0; k < words.length; k++) mix(words[k]!);
    for (let k = whole; k < bytes.length; k++) mix(bytes[k]!);
    mix(bytes.length);
    this.a = a;
    this.b = b;
    return this;
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
  const print = new Fingerprint().add(new TextEncoder().encode(JSON.stringify(described)));
  for (const [name, { values }] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print.add(new TextEncoder().encode(name)).add(bytesOf(values));
  }
  return print.text;
}
