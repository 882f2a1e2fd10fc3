/**
 * FNV-1a over 32-bit words (Fowler, Noll, Vo), twice with different factors, in hexadecimal: for mistakes and damage, not for
 * enemies. Every step is a bijection of the state: what differs in one word alone never has the same fingerprint, and
 * anything else has once in 2^64.
 */
export class Fingerprint {
  #a = 0x811c9dc5;
  #b = 0x01234567;

  add(bytes: Uint8Array): this {
    const whole = bytes.length & ~3;
    // `Uint8Array.from` copies; the `slice` of Node's Buffer does not.
    const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
    const words = new Uint32Array(buffer, byteOffset, whole / 4);
    // Products carry upwards only: what changed in the high bits is brought down. No closure: this runs over whole checkpoints.
    let [a, b] = [this.#a, this.#b];
    for (const part of [words, Uint32Array.of(...bytes.subarray(whole), bytes.length)]) {
      for (let k = 0; k < part.length; k++) {
        a = Math.imul(a ^ part[k]!, 0x01000193);
        a ^= a >>> 15;
        b = Math.imul(b ^ part[k]!, 0x85ebca6b);
        b ^= b >>> 13;
      }
    }
    this.#a = a;
    this.#b = b;
    return this;
  }

  get text(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
