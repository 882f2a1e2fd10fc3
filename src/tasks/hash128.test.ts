import fc from "fast-check";
import { expect, test } from "vitest";
import { hash128 } from "./hash128.js";

const hex = (words: readonly number[]) => words.map((word) => (word >>> 0).toString(16).padStart(8, "0"));
const wordsOf = (text: string) => [...new Uint32Array(new TextEncoder().encode(text).buffer)];

// Made with the Python package mmh3 (`mmh3.hash_bytes(text, 0, x64arch=False)`), an independent implementation.
test("gives the published MurmurHash3_x86_128", () => {
  expect(hex(hash128(wordsOf("0123456789abcdef")))).toEqual(["fb7d4409", "36aed30a", "48ad1d9b", "572b3bfd"]);
  expect(hex(hash128([0, 0, 0, 0]))).toEqual(["5a4075d6", "6b2d3d27", "d3926c2f", "eb228a07"]);
  expect(hex(hash128(wordsOf("the quick brown fox jumps over t")))).toEqual([
    "15101521",
    "a005c494",
    "10959934",
    "f57055c9",
  ]);
});

test("changes about half of all bits when one bit of the input changes", () => {
  const words = fc.array(fc.integer(), { minLength: 5, maxLength: 20 });
  fc.assert(
    fc.property(words, fc.nat(), fc.integer({ min: 0, max: 31 }), (input, at, bit) => {
      const changed = [...input];
      changed[at % input.length]! ^= 1 << bit;
      const other = hash128(changed);
      const flipped = hash128(input)
        .map((word, i) => (word ^ other[i]!) >>> 0)
        .reduce((sum, word) => sum + word.toString(2).replaceAll("0", "").length, 0);
      // 128 coins: 8 standard deviations of sqrt(32) on either side of 64.
      expect(Math.abs(flipped - 64)).toBeLessThan(46);
    }),
  );
});
