import type { NamedFile } from "../imageSets/imageSet.js";
import { pngHeader } from "../imageSets/pngFile.js";
import { pngGreys } from "../imageSets/pngPixels.js";
import { resizeByArea } from "../imageSets/resize.js";
import type { PackedCharacters } from "./characterSet.js";

/** Omniglot's drawings, and what the paper makes of them. */
const DRAWN = 105;
/** Pixels along a side of a character's picture, as networks get it. */
export const CHARACTER_SIZE = 31;
const DRAWINGS = 20;
/** <anything>/<alphabet>/character<number>/<drawer>_<drawing>.png */
const PATH = /(?:^|\/)([^/]+)\/(character\d+)\/[^/]*_(\d+)\.png$/i;
/** What systems leave beside the files: hidden ones such as `._0001_01.png`, and macOS's folder of them. */
const LEFT_BESIDE = /(?:^|\/)(?:__MACOSX\/|\.[^./])/;

interface DrawingPath {
  readonly alphabet: string;
  readonly character: string;
  readonly drawing: number;
}

/** Which drawing a file is by its path, whichever way its slashes lean; null for any other file. */
export function drawingPath(path: string): DrawingPath | null {
  const name = path.replaceAll("\\", "/");
  const [, alphabet, character, drawing] = (LEFT_BESIDE.test(name) ? null : PATH.exec(name)) ?? [];
  if (alphabet === undefined || character === undefined) return null;
  return { alphabet, character, drawing: Number(drawing) };
}

/**
 * Drawings laid out as Omniglot is (`Latin/character01/0001_20.png`, whatever lies before) as characters of 31 x 31,
 * resized by area; ink is what is dark. Alphabets and characters come in the order of their names.
 *
 * @throws RangeError naming the file that is no drawing, or the character that lacks some
 */
export function omniglotCharacters(name: string, files: Iterable<NamedFile>): PackedCharacters {
  const alphabets = new Map<string, Map<string, Map<number, Uint8Array>>>();
  for (const file of files) {
    const path = drawingPath(file.name);
    if (path === null) continue;
    const { alphabet, character, drawing } = path;
    const characters = entry(alphabets, alphabet, () => new Map());
    const drawings = entry(characters, character, () => new Map());
    if (drawings.has(drawing)) {
      throw new RangeError(`${file.name}: drawing ${drawing} of ${alphabet} ${character} is there twice`);
    }
    drawings.set(drawing, readDrawing(file));
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
  const wrong = (got: string, cause?: unknown) =>
    new RangeError(
      `${name}: must be a PNG of ${DRAWN} x ${DRAWN} pixels, ink dark on light paper, got ${got}; get the whole set again`,
      { cause },
    );
  let greys: ArrayLike<number>;
  try {
    const { width, height } = pngHeader(bytes);
    // Before anything of another size is unpacked.
    if (width !== DRAWN || height !== DRAWN) throw new RangeError(`${width} x ${height}`);
    greys = pngGreys(bytes).values;
  } catch (error) {
    if (error instanceof RangeError) throw wrong(error.message, error);
    throw error;
  }
  // Plain loops: `from` with a function takes twenty times as long, for 32,460 drawings a minute.
  const ink = new Float64Array(greys.length);
  for (let i = 0; i < ink.length; i++) ink[i] = 1 - greys[i]!;
  const small = resizeByArea({ width: DRAWN, height: DRAWN, values: ink }, CHARACTER_SIZE, CHARACTER_SIZE);
  const shares = new Uint8Array(small.values.length);
  for (let i = 0; i < shares.length; i++) shares[i] = Math.round(255 * small.values[i]!);
  return shares;
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
