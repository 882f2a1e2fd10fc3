import { Inflate } from "pako";
import { GREY, PALETTE, type PngFile, readPng } from "./pngFile.js";
import type { GreyPicture } from "./resize.js";

/** Pixels x, x + across, ... of rows y, y + down, ...: a picture of its own within the file. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, across: 1, down: 1 }];
/** Adam7: each pass fills in what lies halfway between the pixels of those before. */
const INTERLACED: readonly Pass[] = [
  { x: 0, y: 0, across: 8, down: 8 },
  { x: 4, y: 0, across: 8, down: 8 },
  { x: 0, y: 4, across: 4, down: 8 },
  { x: 2, y: 0, across: 4, down: 4 },
  { x: 0, y: 2, across: 2, down: 4 },
  { x: 1, y: 0, across: 2, down: 2 },
  { x: 0, y: 1, across: 1, down: 2 },
];

/** No byte of deflate becomes more than so many: a pair of bits repeats 258 of them. */
const MOST_FOR_A_BYTE = 1032;
const PIECE = 1 << 16;

/**
 * The greys of a PNG of any colour type and depth, interlaced or not: 0 is black and 1 white, colours are the mean of
 * red, green and blue, and what is transparent lies over white. Samples are taken as they are, whatever their gamma.
 *
 * @throws RangeError saying what is wrong with the file: damaged, cut off, no PNG, or larger than is read
 */
export function pngGreys(bytes: Uint8Array): GreyPicture {
  const file = readPng(bytes);
  const { width, height, depth, channels } = file;
  const parts = (file.interlaced ? INTERLACED : WHOLE)
    .map((pass) => {
      const columns = Math.ceil((width - pass.x) / pass.across);
      const rows = Math.ceil((height - pass.y) / pass.down);
      return { ...pass, columns, rows, rowBytes: Math.ceil((columns * depth * channels) / 8) };
    })
    // A narrow picture has no pixel in some of them, and then no row either.
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  // Every row begins with the number of its filter.
  const size = parts.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
  const raw = unpack(file, size);
  const greyOf = greyReader(file);
  const pixelBytes = Math.max(1, (depth * channels) / 8);
  const values = new Float32Array(width * height);
  let at = 0;
  for (const { x, y, across, down, columns, rows, rowBytes } of parts) {
    for (let row = 0; row < rows; row++) {
      const start = at + 1;
      unfilter(raw, raw[at]!, start, rowBytes, pixelBytes, row > 0);
      const to = (y + row * down) * width + x;
      for (let column = 0; column < columns; column++) {
        values[to + column * across] = greyOf(raw, start, column);
      }
      at = start + rowBytes;
    }
  }
  return { width, height, values };
}

/** Inflates the pixels into exactly `size` bytes, and never more. */
function unpack({ width, height, packed }: PngFile, size: number): Uint8Array {
  const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
  const wrong = (what: string) =>
    new RangeError(`its ${packedBytes} bytes of packed pixels ${what} ${width} x ${height}: it is damaged`);
  // Before the memory is taken: a few bytes cannot be a large picture.
  if (size > packedBytes * MOST_FOR_A_BYTE) throw wrong("are too few for");
  const raw = new Uint8Array(size);
  let done = 0;
  // With windowBits given, it is zlib's format alone that is understood.
  const inflator = new Inflate({ windowBits: 15, chunkSize: Math.min(PIECE, size + 1) });
  inflator.onData = (chunk) => {
    const piece = chunk as Uint8Array;
    if (done + piece.length > size) throw wrong("unpack to more than");
    raw.set(piece, done);
    done += piece.length;
  };
  // Pako calls this at the end of what it unpacks, or where it cannot go on.
  let status: number | null = null;
  inflator.onEnd = (code) => {
    status = code;
  };
  for (const piece of packed) inflator.push(piece);
  if (status !== null && status !== 0) throw wrong("cannot be unpacked to");
  if (status === null || done < size) throw wrong("break off before the end of");
  return raw;
}

/** Undoes, in place, the filter of the row of `length` bytes at `start`; the row before lies `length + 1` bytes earlier. */
function unfilter(
  raw: Uint8Array,
  filter: number,
  start: number,
  length: number,
  pixelBytes: number,
  hasAbove: boolean,
): void {
  if (filter === 0) return;
  if (filter > 4) throw new RangeError(`there is no filter ${filter}: it is damaged`);
  const stride = length + 1;
  for (let i = 0; i < length; i++) {
    const at = start + i;
    const left = i < pixelBytes ? 0 : raw[at - pixelBytes]!;
    const above = hasAbove ? raw[at - stride]! : 0;
    const corner = i < pixelBytes || !hasAbove ? 0 : raw[at - stride - pixelBytes]!;
    // The array keeps the lowest eight bits, as the filters want it.
    if (filter === 1) raw[at]! += left;
    else if (filter === 2) raw[at]! += above;
    else if (filter === 3) raw[at]! += (left + above) >> 1;
    else raw[at]! += nearest(left, above, corner);
  }
}

/** Paeth's filter: of three neighbours, the one next to what a plane through them would have here. */
function nearest(left: number, above: number, corner: number): number {
  const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** The grey of pixel `column` in the row of unfiltered bytes that begins at `row`. */
type GreyReader = (raw: Uint8Array, row: number, column: number) => number;

function greyReader(file: PngFile): GreyReader {
  const { depth, colourType } = file;
  if (depth > 8 || (colourType !== GREY && colourType !== PALETTE)) return sampleReader(file);
  const greys = colourType === PALETTE ? paletteGreys(file) : ramp(file);
  const mask = 2 ** depth - 1;
  return (raw, row, column) => {
    const bit = column * depth;
    const index = (raw[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    const grey = greys[index];
    if (grey !== undefined) return grey;
    throw new RangeError(`a pixel has colour ${index} of a palette of ${greys.length}: it is damaged`);
  };
}

/** The grey of each sample of up to eight bits. */
function ramp({ depth, transparency }: PngFile): Float64Array {
  const white = 2 ** depth - 1;
  const greys = Float64Array.from({ length: white + 1 }, (_, sample) => sample / white);
  // Only the lowest bits of the transparent grey count.
  if (transparency) greys[sample16(transparency, 0) & white] = 1;
  return greys;
}

function paletteGreys({ palette, transparency }: PngFile): Float64Array {
  return Float64Array.from({ length: palette!.length / 3 }, (_, colour) => {
    const [red, green, blue] = palette!.subarray(3 * colour) as unknown as [number, number, number];
    return overWhite((red + green + blue) / (3 * 255), (transparency?.[colour] ?? 255) / 255);
  });
}

/** For samples of whole bytes. */
function sampleReader({ depth, channels, transparency }: PngFile): GreyReader {
  const white = 2 ** depth - 1;
  const step = depth / 8;
  const sample = depth === 8 ? (bytes: Uint8Array, at: number) => bytes[at]! : sample16;
  const colours = channels < 3 ? 1 : 3;
  const hasAlpha = channels > colours;
  const key =
    transparency && Array.from({ length: colours }, (_, c) => sample16(transparency, 2 * c) & white);
  return (raw, row, column) => {
    const at = row + column * channels * step;
    let sum = 0;
    let isKey = key !== null;
    for (let c = 0; c < colours; c++) {
      const value = sample(raw, at + c * step);
      sum += value;
      isKey &&= value === key![c];
    }
    const opacity = hasAlpha ? sample(raw, at + colours * step) / white : isKey ? 0 : 1;
    return overWhite(sum / (colours * white), opacity);
  };
}

const sample16 = (bytes: Uint8Array, at: number): number => bytes[at]! * 256 + bytes[at + 1]!;
const overWhite = (grey: number, opacity: number): number => opacity * grey + (1 - opacity);
