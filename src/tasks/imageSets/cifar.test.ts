import { describe, expect, test } from "vitest";
import { cifar10 } from "./cifar.js";

/** A batch file of black pictures, each with one bright pixel; record 0 has one of (r, g, b) = (255, 0, 6) at row 1, column 2. */
function batch(name: string): { name: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(10_000 * 3073);
  const at = 1 + 1 * 32 + 2;
  bytes[at] = 255;
  bytes[at + 2048] = 6;
  for (let record = 1; record < 10_000; record++) bytes[record * 3073 + 1] = 9;
  return { name, bytes };
}

describe("cifar10", () => {
  test("finds pixels where the official layout has them, sums colours, and normalises", () => {
    const pixels = cifar10([batch("data_batch_1.bin")]).pixels(0);
    const mean = 261 / 1024;
    expect(pixels[34]).toBe(1);
    expect(pixels[0]).toBeCloseTo(-mean / (261 - mean), 7);
    expect(new Set(pixels).size).toBe(2);
  });

  test("goes on from file to file", () => {
    const second = batch("data_batch_2.bin");
    const last = 9_999 * 3073 + 1;
    second.bytes[last] = 0;
    second.bytes[last + 1023] = 80;
    const set = cifar10([batch("data_batch_1.bin"), second]);
    expect(set.count).toBe(20_000);
    expect(set.pixels(19_999)[1023]).toBe(1);
    expect(set.pixels(10_000)).toEqual(set.pixels(0));
    expect(() => set.pixels(20_000)).toThrow(
      "CIFAR-10: a picture's index must be a whole number from 0 to 19999",
    );
  });

  test("names the file that is truncated, damaged, or no CIFAR-10 at all", () => {
    const whole = batch("data_batch_1.bin");
    const short = { name: "data_batch_2.bin", bytes: whole.bytes.subarray(0, 1000) };
    expect(() => cifar10([whole, short])).toThrow(
      "data_batch_2.bin: a CIFAR-10 batch has 30730000 bytes (10000 records of 3073), got 1000; fetch it again",
    );
    whole.bytes[5 * 3073] = 10;
    expect(() => cifar10([whole])).toThrow("a CIFAR-10 label is 0 to 9, got 10 in record 5");
    expect(() => cifar10([])).toThrow("expected at least one batch file, got none");
  });

  test("leaves out pictures of one single grey, and names them", () => {
    const [first, second] = [batch("data_batch_1.bin"), batch("data_batch_2.bin")];
    // All of one colour; and of three colours that are one grey.
    first.bytes[7 * 3073 + 1] = 0;
    second.bytes.fill(90, 3 * 3073 + 1, 3 * 3073 + 1 + 500);
    second.bytes.fill(90, 3 * 3073 + 1 + 1024 + 500, 3 * 3073 + 1 + 2048);
    const set = cifar10([first, second]);
    expect(set.skipped).toEqual([
      { name: "data_batch_1.bin, picture 7", reason: "the picture is of one single grey" },
      { name: "data_batch_2.bin, picture 3", reason: "the picture is of one single grey" },
    ]);
    expect(set.count).toBe(19_998);
    expect(set.pixels(9_999)).toEqual(cifar10([second]).pixels(0));
    expect(set.pixels(19_997)).toEqual(set.pixels(7));
    expect(() => cifar10([{ ...first, bytes: new Uint8Array(first.bytes.length) }])).toThrow(
      "data_batch_1.bin: every picture is of one single grey; fetch it again",
    );
  });
});
