/** The piece that any number in figures is read as. */
export const NUMBER = "<number>";

const PIECE = /\p{L}+(?:['-]\p{L}+)*|\p{N}(?:[\p{N}.,]*\p{N})?|[^\s\p{L}\p{N}]/gu;

/**
 * Running text as a person types it, in pieces: words in small letters, with the hyphens and apostrophes within them, single
 * punctuation marks, and NUMBER for each number in figures. Typographic quotation marks and apostrophes become plain ones. An empty
 * text has no pieces.
 */
export function typedPieces(text: string): string[] {
  const plain = text
    .normalize("NFC")
    .replace(/[\u2018\u2019\u02BC]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .toLowerCase();
  const found: readonly string[] = plain.match(PIECE) ?? [];
  return found.map((piece) => (/^\p{N}/u.test(piece) ? NUMBER : piece));
}

/** True for a piece that is typed letter by letter and can be completed: no mark, no number, no token such as `<unk>`. */
export const isWord = (piece: string): boolean => /^\p{L}/u.test(piece);
