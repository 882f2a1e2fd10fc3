/** What a text is read by. */
export type TextUnit = "word" | "character";

/** The token that a line ends with, where a text is read by word: as the Penn Treebank has it since Mikolov 2010. */
export const END_OF_LINE = "<eos>";

/**
 * A text in pieces. By word: what stands between white space, and END_OF_LINE where a line ends, empty lines too; a last line that
 * nothing ends has one as well, so that `a b\nc` and `a b\nc\n` are the same five pieces. By character: its Unicode characters, a
 * line's end being the character `\n`. Windows' line ends are read as `\n`, a byte order mark is left out. Letters keep their case.
 *
 * @param name by which errors call the text
 * @throws RangeError for a text without a word (by character: without a character) in it
 */
export function textPieces(text: string, by: TextUnit, name = "the text"): string[] {
  const plain = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (by === "character") {
    if (plain !== "") return [...plain];
    throw new RangeError(`${name}: has no characters in it; give a text that is not empty`);
  }
  if (!/\S/.test(plain)) {
    throw new RangeError(`${name}: has no words in it; expected words with white space between them`);
  }
  const lines = plain.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const pieces: string[] = [];
  for (const line of lines) {
    for (const word of line.split(/\s+/)) if (word !== "") pieces.push(word);
    pieces.push(END_OF_LINE);
  }
  return pieces;
}
