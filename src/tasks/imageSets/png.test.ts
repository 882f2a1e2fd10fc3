import { encode, type ImageData } from "fast-png";
import { describe, expect, test } from "vitest";
import { pngEnd, pngIhdr, pngOf } from "../../../test/support/pngs.js";
import { random } from "../random.js";
import { normalise } from "./imageSet.js";
import { pngImages } from "./png.js";

const file = (name: string, image: ImageData) => ({ name, bytes: encode(image) });
const only = (image: ImageData) => pngImages([file("only.png", image)]).set.pixels(0);
const bytes = (length: number) => {
  const rng = random(1, "png", 0);
  return Uint8Array.from({ length }, () => rng.integer(256));
};
const closeTo = (actual: Float32Array, expected: Float32Array) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((pixel, i) => {
    expect(Math.abs(pixel - expected[i]!)).toBeLessThan(1e-6);
  });
};

describe("pngImages", () => {
  test("reads a grey picture of 32 x 32 back as it was, normalised", () => {
    const data = bytes(1024);
    closeTo(only({ width: 32, height: 32, data, channels: 1 }), normalise(data)!);
  });

  test("sums colours to grey", () => {
    const data = bytes(3 * 1024);
    const grey = Array.from({ length: 1024 }, (_, i) => data[3 * i]! + data[3 * i + 1]! + data[3 * i + 2]!);
    closeTo(only({ width: 32, height: 32, data, channels: 3 }), normalise(grey)!);
  });

  test("lays transparent colours over white", () => {
    const data = bytes(4 * 1024);
    const grey = Array.from({ length: 1024 }, (_, i) => {
      const [r, g, b, a] = data.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
      return ((r + g + b) * a) / 255 + 3 * (255 - a);
    });
    closeTo(only({ width: 32, height: 32, data, channels: 4 }), normalise(grey)!);
  });

  test("reads 16 bits, 1 bit, and palettes", () => {
    const deep = Uint16Array.from(bytes(1024), (byte, i) => byte * 257 + (i % 7));
    closeTo(only({ width: 32, height: 32, data: deep, depth: 16, channels: 1 }), normalise(deep)!);
    const packed = bytes(128);
    const bits = Array.from({ length: 1024 }, (_, i) => (packed[i >> 3]! >> (7 - (i & 7))) & 1);
    closeTo(only({ width: 32, height: 32, data: packed, depth: 1, channels: 1 }), normalise(bits)!);
    const palette = [
      [0, 0, 0],
      [10, 20, 30],
      [200, 0, 50],
      [255, 255, 255],
    ];
    const indices = bytes(1024).map((byte) => byte & 3);
    const sums = [0, 60, 250, 765];
    closeTo(
      only({ width: 32, height: 32, data: indices, depth: 8, channels: 1, palette }),
      normalise(Array.from(indices, (index) => sums[index]!))!,
    );
  });

  test("takes the middle square of a larger picture and shrinks it by area", () => {
    const small = bytes(1024);
    const width = 80;
    const data = new Uint8Array(width * 64).fill(99);
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) data[y * width + 8 + x] = small[(y >> 1) * 32 + (x >> 1)]!;
    }
    closeTo(only({ width, height: 64, data, channels: 1 }), normalise(small)!);
  });

  test("skips pictures of one single grey, with the reason, and refuses to be left with none", () => {
    const white = file("white.png", {
      width: 50,
      height: 41,
      data: new Uint8Array(2050).fill(255),
      channels: 1,
    });
    const good = file("good.png", { width: 32, height: 32, data: bytes(1024), channels: 1 });
    const { set, skipped } = pngImages([white, good]);
    expect(set.count).toBe(1);
    expect(skipped).toEqual([{ name: "white.png", reason: "the picture is of one single grey" }]);
    expect(() => pngImages([white])).toThrow("white.png, because the picture is of one single grey");
  });

  test("gives each caller a picture of its own", () => {
    const { set } = pngImages([file("a.png", { width: 32, height: 32, data: bytes(1024), channels: 1 })]);
    set.pixels(0).fill(0);
    expect(set.pixels(0).some((pixel) => pixel !== 0)).toBe(true);
  });

  test("leaves out what is no PNG, a damaged one, or too large, with the reason, and keeps the others", () => {
    const good = file("good.png", { width: 32, height: 32, data: bytes(1024), channels: 1 });
    const flipped = good.bytes.slice();
    flipped[100]! ^= 4;
    const files = [
      { name: "notes.png", bytes: new Uint8Array([1, 2, 3]) },
      { name: "cut.png", bytes: good.bytes.subarray(0, 200) },
      { name: "flipped.png", bytes: flipped },
      { name: "huge.png", bytes: pngOf(pngIhdr(20_000, 20_000, 8, 0), pngEnd) },
    ];
    const { set, skipped } = pngImages([...files, good]);
    expect(set.count).toBe(1);
    expect(skipped.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "not a readable PNG: no PNG: its first bytes differ",
      expect.stringContaining("it breaks off after 200 bytes"),
      expect.stringContaining("wrong checksum (CRC)"),
      expect.stringContaining("at most 67108864 pixels and 268435456 bytes are read: make it smaller"),
    ]);
    expect(() => pngImages(files)).toThrow(
      "got 4 files that cannot be used, the first, notes.png, because not a",
    );
  });

  test("takes its files one after the other", () => {
    const good = file("good.png", { width: 32, height: 32, data: bytes(1024), channels: 1 });
    let given = 0;
    const files = function* () {
      for (; given < 5; given++) yield good;
    };
    expect(pngImages(files()).set.count).toBe(5);
    expect(given).toBe(5);
  });
});
