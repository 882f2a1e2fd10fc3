import { crc32, deflateSync } from "node:zlib";

/** A PNG to be written: samples row by row, as many a pixel as its colour type has. */
export interface PngToWrite {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly samples: ArrayLike<number>;
  readonly interlaced?: boolean;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Chunks before the pixels that have nothing to do with them. */
  readonly others?: readonly (readonly [type: string, data: Uint8Array])[];
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First row and column of each pass of Adam7, and the steps from one to the next. */
const PASSES = ["0 0 8 8", "0 4 8 8", "4 0 8 4", "0 2 4 4", "2 0 4 2", "0 1 2 2", "1 0 2 1"];

/** A chunk with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

export function pngIhdr(width: number, height: number, depth: number, colourType: number, interlace = 0) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colourType, 0, 0, interlace], 8);
  return pngChunk("IHDR", data);
}

export const pngOf = (...chunks: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]));
export const pngEnd = pngChunk("IEND", new Uint8Array());

/** Writes a PNG straight from its specification: a filter after the other, row by row, and the pixels in two chunks. */
export function pngWith(png: PngToWrite): Uint8Array {
  const { width, height, depth, colourType, interlaced = false, palette, transparency, others = [] } = png;
  const rows: Buffer[] = [];
  for (const pass of interlaced ? PASSES : ["0 0 1 1"]) {
    const [firstRow, firstColumn, down, across] = pass.split(" ").map(Number) as [
      number,
      number,
      number,
      number,
    ];
    let above: Buffer | null = null;
    for (let y = firstRow; y < height; y += down) {
      const bits: string[] = [];
      for (let x = firstColumn; x < width; x += across) {
        for (let s = 0; s < SAMPLES[colourType]!; s++) {
          const sample = png.samples[(y * width + x) * SAMPLES[colourType]! + s]!;
          bits.push(sample.toString(2).padStart(depth, "0"));
        }
      }
      if (bits.length === 0) continue;
      const octets = bits.join("").match(/.{1,8}/g)!;
      const row: Buffer = Buffer.from(octets.map((octet) => Number.parseInt(octet.padEnd(8, "0"), 2)));
      rows.push(
        filtered(row, above ?? Buffer.alloc(row.length), rows.length % 5, (depth * SAMPLES[colourType]!) / 8),
      );
      above = row;
    }
  }
  const packed = deflateSync(Buffer.concat(rows));
  const middle = packed.length >> 1;
  return pngOf(
    pngIhdr(width, height, depth, colourType, interlaced ? 1 : 0),
    ...others.map(([type, data]) => pngChunk(type, data)),
    ...(palette ? [pngChunk("PLTE", Uint8Array.from(palette))] : []),
    ...(transparency ? [pngChunk("tRNS", Uint8Array.from(transparency))] : []),
    pngChunk("IDAT", packed.subarray(0, middle)),
    pngChunk("IDAT", packed.subarray(middle)),
    pngEnd,
  );
}

function filtered(row: Buffer, above: Buffer, filter: number, pixelBytes: number): Buffer {
  const step = Math.max(1, pixelBytes);
  const predicted = (i: number): number => {
    const [a, b, c] = [row[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0];
    const p = a + b - c;
    const paeth = [a, b, c].reduce((best, x) => (Math.abs(p - x) < Math.abs(p - best) ? x : best));
    return [0, a, b, Math.floor((a + b) / 2), paeth][filter]!;
  };
  return Buffer.from([filter, ...row.map((byte, i) => byte - predicted(i))]);
}
