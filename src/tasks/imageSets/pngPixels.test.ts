import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type PngToWrite, pngChunk, pngEnd, pngIhdr, pngOf, pngWith } from "../../../test/support/pngs.js";
import { random } from "../random.js";
import { pngGreys } from "./pngPixels.js";

const COLOURS = [
  [0, 1, 2, 4, 8, 16],
  [2, 8, 16],
  [3, 1, 2, 4, 8],
  [4, 8, 16],
  [6, 8, 16],
].flatMap(([colourType, ...depths]) => depths.map((depth) => ({ colourType: colourType!, depth })));
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Sides at which passes of interlacing are empty, partly filled and full. */
const SIZES = [
  [1, 1],
  [3, 2],
  [5, 9],
  [8, 8],
  [33, 17],
] as const;

const rng = random(1, "png pixels", 0);
const samplesOf = (count: number, depth: number) =>
  Array.from({ length: count }, () => rng.integer(2 ** depth));

/** A random picture of that kind, and its greys by the definition. */
function picture(
  { colourType, depth }: { colourType: number; depth: number },
  [width, height]: readonly [number, number],
  transparent: boolean,
): PngToWrite & { greys: number[] } {
  const channels = CHANNELS[colourType]!;
  const samples = samplesOf(width * height * channels, depth);
  const white = 2 ** depth - 1;
  const about = { width, height, depth, colourType, samples };
  const pixels = Array.from({ length: width * height }, (_, i) =>
    samples.slice(i * channels, (i + 1) * channels),
  );
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (colourType === 3) {
    const palette = samplesOf(3 * 2 ** depth, 8);
    // Shorter than the palette: its last colour is opaque.
    const transparency = transparent ? samplesOf(2 ** depth - 1, 8) : undefined;
    const greys = pixels.map(([index]) => {
      const alpha = (transparency?.[index!] ?? 255) / 255;
      return (alpha * mean(palette.slice(3 * index!, 3 * index! + 3))) / 255 + 1 - alpha;
    });
    return { ...about, palette, transparency, greys };
  }
  if (colourType > 3) {
    const greys = pixels.map((pixel) => {
      const alpha = pixel.at(-1)! / white;
      return (alpha * mean(pixel.slice(0, -1))) / white + 1 - alpha;
    });
    return { ...about, greys };
  }
  // The colour of the last pixel is the transparent one.
  const key = pixels.at(-1)!;
  const transparency = transparent ? key.flatMap((value) => [value >> 8, value & 255]) : undefined;
  const greys = pixels.map((pixel) =>
    transparent && String(pixel) === String(key) ? 1 : mean(pixel) / white,
  );
  return { ...about, transparency, greys };
}

const expectGreys = (
  bytes: Uint8Array,
  { width, height, greys }: { width: number; height: number; greys: number[] },
) => {
  const read = pngGreys(bytes);
  expect([read.width, read.height]).toEqual([width, height]);
  const farthest = greys.reduce((most, grey, i) => Math.max(most, Math.abs(grey - read.values[i]!)), 0);
  expect(farthest).toBeLessThan(1e-6);
};

describe("pngGreys", () => {
  test.each(COLOURS)(
    "reads colour type $colourType of $depth bits, interlaced or not, of any size",
    (kind) => {
      for (const size of SIZES) {
        for (const interlaced of [false, true]) {
          const drawn = picture(kind, size, false);
          expectGreys(pngWith({ ...drawn, interlaced }), drawn);
        }
      }
    },
  );

  test.each(COLOURS.filter(({ colourType }) => colourType < 4))(
    "lays what is transparent over white: colour type $colourType of $depth bits",
    (kind) => {
      for (const size of SIZES) {
        for (const interlaced of [false, true]) {
          const drawn = picture(kind, size, true);
          expectGreys(pngWith({ ...drawn, interlaced }), drawn);
        }
      }
    },
  );

  test("passes over gamma, texts, further frames, and profiles, which are not even unpacked", () => {
    const drawn = picture({ colourType: 2, depth: 8 }, [9, 7], false);
    const others = [
      ["gAMA", Uint8Array.of(0, 0, 0x2c, 0x85)],
      ["iCCP", Buffer.from("profile\0\0nothing that could be unpacked")],
      ["tEXt", Buffer.from("no keyword")],
      ["acTL", new Uint8Array(8)],
      ["zzZz", new Uint8Array(3)],
    ] as const;
    expectGreys(pngWith({ ...drawn, others }), drawn);
  });

  test("reads a PNG that lies in the middle of a larger buffer, with something after its end", () => {
    const drawn = picture({ colourType: 0, depth: 8 }, [9, 7], false);
    const bytes = pngWith(drawn);
    const larger = new Uint8Array(bytes.length + 20).fill(7);
    larger.set(bytes, 5);
    expectGreys(larger.subarray(5, larger.length), drawn);
  });

  const idat = (bytes: Uint8Array) => pngChunk("IDAT", deflateSync(bytes));
  const small = pngIhdr(2, 2, 8, 0);
  const rows = Buffer.from([0, 1, 2, 0, 3, 4]);
  const whole = pngOf(small, idat(rows), pngEnd);
  test.each([
    ["no PNG", new Uint8Array(), "no PNG"],
    ["a header cut off", whole.subarray(0, 20), "it breaks off after 20 bytes"],
    ["pixels cut off", whole.subarray(0, -20), "it breaks off after"],
    ["no end", pngOf(small, idat(rows)), "it breaks off"],
    [
      "a changed byte",
      whole.map((byte, i) => (i === 45 ? byte ^ 1 : byte)),
      "wrong checksum (CRC) of the chunk IDAT",
    ],
    ["no header", pngOf(idat(rows), pngEnd), "must begin with a header"],
    ["a second header", pngOf(small, small, idat(rows), pngEnd), "IHDR, which must not be passed over"],
    ["no pixels", pngOf(pngIhdr(0, 9, 8, 0), idat(rows), pngEnd), "it has no pixels: 0 x 9"],
    [
      "a depth that its colours lack",
      pngOf(pngIhdr(2, 2, 4, 2), idat(rows), pngEnd),
      "colour type 2 with 4 bits",
    ],
    ["an unknown interlacing", pngOf(pngIhdr(2, 2, 8, 0, 2), idat(rows), pngEnd), "got 0, 0, 2"],
    ["no packed pixels", pngOf(small, pngEnd), "its 0 bytes of packed pixels are too few for 2 x 2"],
    ["too few pixels", pngOf(small, idat(rows.subarray(0, 5)), pngEnd), "break off before the end of 2 x 2"],
    ["too many pixels", pngOf(small, idat(Buffer.alloc(7)), pngEnd), "unpack to more than 2 x 2"],
    ["a bomb within", pngOf(small, idat(Buffer.alloc(5_000_000)), pngEnd), "unpack to more than 2 x 2"],
    ["gzip in its place", pngOf(small, pngChunk("IDAT", gzipSync(rows)), pngEnd), "cannot be unpacked"],
    [
      "pixels without their end",
      pngOf(small, pngChunk("IDAT", deflateSync(rows).subarray(0, -2)), pngEnd),
      "break off",
    ],
    [
      "an unknown filter",
      pngOf(small, idat(Buffer.from([9, 1, 2, 0, 3, 4])), pngEnd),
      "there is no filter 9",
    ],
    [
      "no palette",
      pngOf(pngIhdr(2, 2, 8, 3), idat(rows), pngEnd),
      "needs a palette of 1 to 256 colours, got 0",
    ],
    [
      "a colour beyond the palette",
      pngOf(pngIhdr(2, 2, 8, 3), pngChunk("PLTE", new Uint8Array(9)), idat(rows), pngEnd),
      "a pixel has colour 3 of a palette of 3",
    ],
    [
      "a palette that is too long",
      pngOf(pngIhdr(2, 2, 1, 3), pngChunk("PLTE", new Uint8Array(9)), idat(Buffer.alloc(4)), pngEnd),
      "1 to 2 colours, got 3",
    ],
    [
      "transparency of alpha",
      pngOf(pngIhdr(2, 2, 8, 4), pngChunk("tRNS", new Uint8Array(2)), pngEnd),
      "tRNS",
    ],
    ["an unknown chunk that must be known", pngOf(small, pngChunk("HEAD", rows), idat(rows), pngEnd), "HEAD"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => pngGreys(bytes)).toThrow(RangeError);
    expect(() => pngGreys(bytes)).toThrow(message);
  });

  test("a header that promises more than a few bytes can be is refused before they are unpacked", () => {
    const bomb = (width: number, height: number, depth: number, colours: number) =>
      pngOf(pngIhdr(width, height, depth, colours), idat(Buffer.alloc(100_000)), pngEnd);
    expect(bomb(1, 1, 8, 0).length).toBeLessThan(200);
    expect(() => pngGreys(bomb(2 ** 31 - 1, 2 ** 31 - 1, 16, 6))).toThrow("at most 67108864 pixels");
    expect(() => pngGreys(bomb(20_000, 20_000, 8, 0))).toThrow(
      "20000 x 20000 pixels, 400000000 bytes unpacked",
    );
    expect(() => pngGreys(bomb(8192, 8192, 16, 6))).toThrow("at most 67108864 pixels and 268435456 bytes");
    expect(() => pngGreys(bomb(8192, 8192, 8, 0))).toThrow("are too few for 8192 x 8192");
  });

  const cases = join(import.meta.dirname, "../../../../shared/cases");
  const shared = (name: string) => pngGreys(readFileSync(join(cases, name))).values;
  test.runIf(existsSync(cases))("the small cases that were once read wrongly are right", () => {
    expect(shared("gray4_i.png")).toEqual(shared("gray4.png"));
    const white = shared("gray8_left_white.png");
    Array.from(shared("gray8_trns.png")).forEach((grey, i) => {
      expect(Math.abs(grey - white[i]!)).toBeLessThan(0.02);
    });
  });
});
