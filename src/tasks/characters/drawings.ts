import { decode } from "fast-png";
import type { NamedFile } from "../imageSets/imageSet.js";
import { resizeByArea } from "../imageSets/resize.js";
import type { PackedCharacters } from "./characterSet.js";

/** Omniglot's drawings, and what the paper makes of them. */
const DRAWN = 105;
export const CHARACTER_SIZE = 31;
const DRAWINGS = 20;
/** <anything>/<alphabet>/character<number>/<drawer>_<drawing>.png */
const PATH = /(?:^|\/)([^/]+)\/(character\d+)\/[^/]*_(\d+)\.png$/;

/**
 * Drawings laid out as Omniglot is (`Latin/character01/0001_20.png`, whatever lies before) as characters of 31 x 31,
 * resized by area. Alphabets and characters come in the order of their names.
 *
 * @throws RangeError naming the file that is no drawing, or the character that lacks some
 */
export function omniglotCharacters(name: string, files: Iterable<NamedFile>): PackedCharacters {
  const alphabets = new Map<string, Map<string, Map<number, Uint8Array>>>();
  for (const file of files) {
    const [, alphabet, character, drawing] = PATH.exec(file.name) ?? [];
    if (alphabet === undefined || character === undefined) continue;
    const characters = entry(alphabets, alphabet, () => new Map());
    const drawings = entry(characters, character, () => new Map());
    if (drawings.has(Number(drawing))) {
      throw new RangeError(`${file.name}: drawing ${drawing} of ${alphabet} ${character} is there twice`);
    }
    drawings.set(Number(drawing), readDrawing(file));
  }
  if (alphabets.size === 0) {
    throw new RangeError(
      `${name}: no drawing in it; expected files such as Latin/character01/0001_01.png, as in Omniglot`,
    );
  }
  const sorted = inOrder(alphabets).map(([alphabet, characters]) => ({
    name: alphabet,
    characters: inOrder(characters).map(([character, drawings]) =>
      Array.from({ length: DRAWINGS }, (_, i) => {
        const ink = drawings.get(i + 1);
        if (ink) return ink;
        throw new RangeError(
          `${name}: ${alphabet} ${character} must have drawings 01 to ${DRAWINGS}, number ${i + 1} is missing; ` +
            "get the whole set again",
        );
      }),
    ),
  }));
  const pictures = sorted.flatMap(({ characters }) => characters.flat());
  const pixels = CHARACTER_SIZE * CHARACTER_SIZE;
  const ink = new Uint8Array(pictures.length * pixels);
  pictures.forEach((picture, i) => {
    ink.set(picture, i * pixels);
  });
  return {
    name,
    size: CHARACTER_SIZE,
    drawings: DRAWINGS,
    alphabets: sorted.map((alphabet) => ({ name: alphabet.name, characters: alphabet.characters.length })),
    ink,
  };
}

/** One byte a pixel of 31 x 31, 255 for ink. */
function readDrawing({ name, bytes }: NamedFile): Uint8Array {
  const expected = `a PNG of ${DRAWN} x ${DRAWN} black or white pixels`;
  const [width, height] = sizeInHeader(bytes);
  // Before anything of that size is unpacked.
  if (width !== DRAWN || height !== DRAWN) {
    const got = width === null ? "no PNG" : `${width} x ${height}`;
    throw new RangeError(`${name}: must be ${expected}, got ${got}; get the whole set again`);
  }
  let values: Float64Array;
  try {
    const png = decode(bytes, { checkCrc: true });
    if (png.depth !== 1 || png.channels !== 1) {
      throw new RangeError(`${png.channels} channels of ${png.depth} bits`);
    }
    values = inkOf(png.data);
  } catch (error) {
    throw new RangeError(
      `${name}: must be ${expected}, got ${error instanceof Error ? error.message : String(error)}; ` +
        "get the whole set again",
      { cause: error },
    );
  }
  const small = resizeByArea({ width: DRAWN, height: DRAWN, values }, CHARACTER_SIZE, CHARACTER_SIZE);
  const shares = new Uint8Array(small.values.length);
  for (let i = 0; i < shares.length; i++) shares[i] = Math.round(255 * small.values[i]!);
  return shares;
}

/** 1 for ink, of rows of bits in whole bytes, first pixel highest, in which 0 is ink. */
function inkOf(bits: ArrayLike<number>): Float64Array {
  const rowBytes = Math.ceil(DRAWN / 8);
  if (bits.length !== DRAWN * rowBytes) throw new RangeError(`${bits.length} bytes of pixels`);
  const ink = new Float64Array(DRAWN * DRAWN);
  for (let y = 0; y < DRAWN; y++) {
    for (let x = 0; x < DRAWN; x++) {
      ink[y * DRAWN + x] = 1 - ((bits[y * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1);
    }
  }
  return ink;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Width and height that a PNG's header promises; nulls for what is no PNG. */
function sizeInHeader(bytes: Uint8Array): [number, number] | [null, null] {
  if (bytes.length < 24 || SIGNATURE.some((byte, i) => bytes[i] !== byte)) return [null, null];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [view.getUint32(16), view.getUint32(20)];
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** By name, in the order of their code units: the same on every machine. */
const inOrder = <Value>(map: Map<string, Value>): [string, Value][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));
