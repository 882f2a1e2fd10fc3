/**
 * A PNG file taken apart (W3C, Portable Network Graphics, third edition): header, palette, transparency and the packed
 * pixels. The header is judged before anything is unpacked, and what unpacking may cost follows from it.
 */

import { crc32 } from "./crc32.js";

export type ColourType = 0 | 2 | 3 | 4 | 6;
export const [GREY, RGB, PALETTE] = [0, 2, 3] as const;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colourType: ColourType;
  /** Grey, or red, green and blue, or a place in the palette; and alpha. */
  readonly channels: number;
  readonly interlaced: boolean;
}

export interface PngFile extends PngHeader {
  /** Red, green and blue of each colour; null where there is none. */
  readonly palette: Uint8Array | null;
  /** The tRNS chunk; null where there is none. */
  readonly transparency: Uint8Array | null;
  /** The packed pixels, in pieces. */
  readonly packed: readonly Uint8Array[];
}

/** A picture of 8192 x 8192. */
const MOST_PIXELS = 2 ** 26;
/** Unpacked, for deep colours: 256 MiB. */
const MOST_BYTES = 2 ** 28;

/** Samples a pixel and the depths that there are of them, by colour type. */
const KINDS: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 13;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Every chunk after the signature, its checksum compared. Throws a RangeError for what is no PNG, damaged or cut off. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk, void, undefined> {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new RangeError("no PNG: its first bytes differ");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  for (let type = ""; type !== "IEND"; ) {
    if (at + FRAME_BYTES > bytes.length) throw new RangeError(`it breaks off after ${bytes.length} bytes`);
    const length = view.getUint32(at);
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw new RangeError(`no chunk begins at byte ${at}: it is damaged`);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) {
      throw new RangeError(`it breaks off after ${bytes.length} bytes, in a chunk ${type} of ${length}`);
    }
    if (crc32(bytes, at + 4, end) !== view.getUint32(end)) {
      throw new RangeError(`wrong checksum (CRC) of the chunk ${type} at byte ${at}: it is damaged`);
    }
    yield { type, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}

function headerIn({ type, data }: Chunk): PngHeader {
  if (type !== "IHDR" || data.length !== HEADER_BYTES) {
    throw new RangeError(`it must begin with a header (IHDR) of ${HEADER_BYTES} bytes, got ${type}`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  if (width === 0 || height === 0) throw new RangeError(`it has no pixels: ${width} x ${height}`);
  const kind = KINDS[colourType!];
  if (!kind?.depths.includes(depth!)) {
    throw new RangeError(`there is no PNG of colour type ${colourType} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new RangeError(
      `compression, filter and interlacing must be 0, 0, and 0 or 1, got ${compression}, ${filter}, ${interlace}`,
    );
  }
  const { channels } = kind;
  const about = { width, height, depth: depth!, colourType: colourType as ColourType, channels };
  return { ...about, interlaced: interlace === 1 };
}

/** What the header of a PNG promises. Throws a RangeError where there is none. */
export function pngHeader(bytes: Uint8Array): PngHeader {
  return headerIn(chunksOf(bytes).next().value as Chunk);
}

function expectModest({ width, height, depth, channels }: PngHeader): void {
  const needed = (width * height * depth * channels) / 8;
  if (width * height <= MOST_PIXELS && needed <= MOST_BYTES) return;
  throw new RangeError(
    `${width} x ${height} pixels, ${Math.ceil(needed)} bytes unpacked; at most ${MOST_PIXELS} pixels and ` +
      `${MOST_BYTES} bytes are read: make it smaller`,
  );
}

/**
 * Takes a PNG apart. Chunks that change no pixel's grey (gamma, profiles, texts, further frames) are passed over.
 *
 * @throws RangeError saying what is wrong with it: damaged, cut off, no PNG, or larger than is read
 */
export function readPng(bytes: Uint8Array): PngFile {
  const chunks = chunksOf(bytes);
  const header = headerIn(chunks.next().value as Chunk);
  expectModest(header);
  const { colourType, depth } = header;
  let palette: Uint8Array | null = null;
  let transparency: Uint8Array | null = null;
  const packed: Uint8Array[] = [];
  for (const { type, data } of chunks) {
    if (type === "IDAT") packed.push(data);
    else if (type === "PLTE") {
      if (palette || transparency || packed.length > 0 || data.length % 3 !== 0 || data.length === 0) {
        throw new RangeError(`a palette (PLTE) of ${data.length} bytes is out of place`);
      }
      palette = data;
    } else if (type === "tRNS") {
      const fits =
        colourType === PALETTE
          ? palette !== null && data.length <= palette.length / 3
          : data.length === { [GREY]: 2, [RGB]: 6 }[colourType as number];
      if (!fits || transparency || packed.length > 0) {
        throw new RangeError(`a transparency (tRNS) of ${data.length} bytes is out of place`);
      }
      transparency = data;
    } else if (type !== "IEND" && /^[A-Z]/.test(type)) {
      throw new RangeError(`a chunk ${type}, which must not be passed over, is unknown or out of place`);
    }
  }
  if (colourType === PALETTE && (palette === null || palette.length / 3 > 2 ** depth)) {
    throw new RangeError(
      `it needs a palette of 1 to ${2 ** depth} colours, got ${(palette?.length ?? 0) / 3}`,
    );
  }
  return { ...header, palette, transparency, packed };
}
