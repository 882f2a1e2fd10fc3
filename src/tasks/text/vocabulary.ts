import { END_OF_LINE, type TextUnit } from "./pieces.js";

/** The token that stands for all pieces that a vocabulary lacks. */
export const UNKNOWN = "<unk>";

/** Tokens are kept in 16 bits. */
export const LARGEST_VOCABULARY = 65_536;

/** The pieces that a network knows, by number. */
export interface Vocabulary {
  /** Token i is called tokens[i]; no two of one name. */
  readonly tokens: readonly string[];
  /** How many there are. */
  readonly size: number;
  /** The number of UNKNOWN. */
  readonly unknown: number;
  /** The number of a piece; `unknown` where it is not in the vocabulary. */
  numberOf(piece: string): number;
  /** Pieces as numbers, [pieces.length], each 0 .. size - 1. */
  encode(pieces: readonly string[]): Uint16Array;
  /** Numbers as a text again: words with spaces between them and lines that end, or characters side by side. */
  decode(tokens: ArrayLike<number>, by: TextUnit): string;
}

/** How large a vocabulary may get. */
export interface VocabularyOptions {
  /** At most so many tokens, UNKNOWN among them; the most frequent stay. All of them unless given. */
  readonly limit?: number;
}

/**
 * The vocabulary of a text that a network is trained on: UNKNOWN first, then its pieces by falling frequency, those that are equally
 * frequent by their code units, so that a text has one vocabulary wherever it is built.
 *
 * @throws RangeError for a limit under 2 or above 65,536, for pieces that are all the same, and for more than 65,536 of them without a
 * limit
 */
export function buildVocabulary(pieces: readonly string[], { limit }: VocabularyOptions = {}): Vocabulary {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 2 && limit <= LARGEST_VOCABULARY)) {
    throw new RangeError(
      `buildVocabulary: limit must be a whole number from 2 to ${LARGEST_VOCABULARY}, got ${limit}; the Penn Treebank's is 10000`,
    );
  }
  const counts = new Map<string, number>();
  for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  if (counts.size < 2) {
    throw new RangeError(
      `buildVocabulary: the text must have at least 2 different words or characters, got ${counts.size}; ` +
        "there is nothing to tell apart in it",
    );
  }
  counts.delete(UNKNOWN);
  const known = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([piece]) => piece);
  const most = limit ?? LARGEST_VOCABULARY;
  if (limit === undefined && known.length >= most) {
    throw new RangeError(
      `buildVocabulary: there may be at most ${most - 1} different pieces, got ${known.length}; ` +
        "give a limit, such as 10000, and rarer ones are read as <unk>",
    );
  }
  return vocabularyOf([UNKNOWN, ...known.slice(0, most - 1)]);
}

/**
 * A vocabulary of given tokens, such as one that was kept in a file, in the order of their numbers.
 *
 * @throws RangeError unless there are 2 to 65,536 of them, all different, UNKNOWN among them
 */
export function vocabularyOf(tokens: readonly string[]): Vocabulary {
  if (tokens.length < 2 || tokens.length > LARGEST_VOCABULARY) {
    throw new RangeError(
      `vocabularyOf: must have 2 to ${LARGEST_VOCABULARY} tokens, got ${tokens.length}; a text's vocabulary comes from buildVocabulary`,
    );
  }
  const numbers = new Map(tokens.map((token, i) => [token, i]));
  if (numbers.size !== tokens.length) {
    const twice = tokens.find((token, i) => numbers.get(token) !== i);
    throw new RangeError(`vocabularyOf: all tokens must be different, got ${JSON.stringify(twice)} twice`);
  }
  const unknown = numbers.get(UNKNOWN);
  if (unknown === undefined) {
    throw new RangeError(
      `vocabularyOf: ${UNKNOWN} must be among the tokens, for pieces that are not; put it first`,
    );
  }
  const numberOf = (piece: string): number => numbers.get(piece) ?? unknown;
  return {
    tokens,
    size: tokens.length,
    unknown,
    numberOf,
    encode(pieces) {
      const encoded = new Uint16Array(pieces.length);
      for (let i = 0; i < encoded.length; i++) encoded[i] = numberOf(pieces[i]!);
      return encoded;
    },
    decode(encoded, by) {
      const pieces = Array.from(encoded, (token) => tokens[token] ?? UNKNOWN);
      if (by === "character") return pieces.join("");
      return pieces
        .map((piece, i) =>
          piece === END_OF_LINE ? "\n" : i > 0 && pieces[i - 1] !== END_OF_LINE ? ` ${piece}` : piece,
        )
        .join("");
    },
  };
}
