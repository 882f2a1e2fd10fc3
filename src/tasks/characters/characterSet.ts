import { checkIndex, type ImageSet } from "../imageSets/imageSet.js";

/** An alphabet of a `CharacterSet`. */
export interface Alphabet {
  readonly name: string;
  /** Its characters are numbered from `first`, and there are `characters` of them. */
  readonly first: number;
  readonly characters: number;
}

/**
 * Drawn characters of several alphabets, each drawn as often. Drawing d of character c is picture c * drawings + d; its
 * pixels are the share of ink in them, 0 (paper) to 1.
 */
export interface CharacterSet extends ImageSet {
  readonly alphabets: readonly Alphabet[];
  /** Of all alphabets together. */
  readonly characters: number;
  /** Of each character. */
  readonly drawings: number;
}

/** What a character set is made of: one byte a pixel, 255 for ink, picture after picture. */
export interface PackedCharacters {
  readonly name: string;
  readonly size: number;
  readonly drawings: number;
  readonly alphabets: readonly Pick<Alphabet, "name" | "characters">[];
  readonly ink: Uint8Array;
}

/** A character set over packed pixels. Throws a RangeError unless there are as many as the alphabets need. */
export function characterSet({ name, size, drawings, alphabets, ink }: PackedCharacters): CharacterSet {
  const { alphabets: numbered, characters } = numberAlphabets(alphabets);
  const count = characters * drawings;
  const pixels = size * size;
  if (ink.length !== count * pixels) {
    throw new RangeError(
      `${name}: ${characters} characters of ${drawings} drawings of ${size} x ${size} need ${count * pixels} bytes, ` +
        `got ${ink.length}`,
    );
  }
  const set: CharacterSet = {
    name,
    count,
    size,
    characters,
    drawings,
    alphabets: numbered,
    pixels(index) {
      checkIndex(set, index);
      const from = index * pixels;
      const shares = new Float32Array(pixels);
      for (let i = 0; i < pixels; i++) shares[i] = ink[from + i]! / 255;
      return shares;
    },
  };
  return set;
}

/** Numbers the characters of all alphabets, one alphabet after the other. */
export function numberAlphabets(alphabets: readonly Pick<Alphabet, "name" | "characters">[]): {
  alphabets: Alphabet[];
  characters: number;
} {
  let characters = 0;
  const numbered = alphabets.map((alphabet) => {
    const first = characters;
    characters += alphabet.characters;
    return { ...alphabet, first };
  });
  return { alphabets: numbered, characters };
}

/** True for image sets that know their alphabets. */
export const isCharacterSet = (set: ImageSet): set is CharacterSet => "alphabets" in set;

/** The number of the alphabet that a character belongs to. */
export function alphabetOf({ alphabets }: Pick<CharacterSet, "alphabets">, character: number): number {
  return alphabets.findIndex(({ first, characters }) => character < first + characters);
}
