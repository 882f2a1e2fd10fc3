/**
 * What is on the line while a person types, apart from any terminal: keys go in, the line and three suggestions come out. A word or a
 * number is learned when it ends: by a space, a mark, Enter, or by taking a suggestion.
 */
export function typing(life) {
  let line = "";
  let word = "";
  let spaceIsOurs = false;
  const saved = { pressed: 0, typed: 0 };
  let learned = 0;

  function take(piece) {
    life.take(piece);
    learned++;
  }
  function finish() {
    if (word !== "") take(word);
    word = "";
  }

  /** A suggestion as it would stand on the line: behind the letters that were typed, or as sentences begin. */
  function written(suggestion) {
    if (/^i(?:'|$)/.test(suggestion)) return `I${suggestion.slice(1)}`;
    if (word !== "") return word + suggestion.slice(word.toLowerCase().length);
    return /(?:^|[.!?]) *$/.test(line) ? suggestion[0].toUpperCase() + suggestion.slice(1) : suggestion;
  }
  const suggestions = () => life.suggestions(word).map(written);

  return {
    /** One key: a character, or an escape sequence, of which only Alt with a digit has a meaning, which is that digit. */
    key(key) {
      const isEscape = key.startsWith("\u001b");
      if (isEscape && !/^\d$/.test(key.slice(1))) return;
      saved.pressed++;
      const taken = key === "\t" ? 0 : "123".indexOf(key);
      const offered = taken >= 0 ? suggestions()[taken] : undefined;
      if (offered !== undefined) {
        saved.typed += offered.length - word.length + 1;
        line = `${line.slice(0, line.length - word.length)}${offered} `;
        word = offered;
        finish();
        spaceIsOurs = true;
        return;
      }
      saved.typed++;
      const character = isEscape ? key.slice(1) : key;
      if (character === "\r" || character === "\n") {
        finish();
        line = "";
      } else if (character === "\u007f" || character === "\b") {
        // Only the word that is being typed can be taken back: what was learned stays learned.
        const last = [...word].at(-1) ?? "";
        word = word.slice(0, word.length - last.length);
        line = line.slice(0, line.length - last.length);
        if (last === "") return;
      } else if (/^[\p{L}\p{N}'-]$/u.test(character)) {
        word += character;
        line += character;
      } else if (character >= " ") {
        finish();
        if (character !== " ") take(character);
        // A mark stands at the word: the space that a suggestion brought goes behind it.
        if (spaceIsOurs && character !== " ") line = `${line.slice(0, -1)}${character} `;
        else if (!(spaceIsOurs && character === " ")) line += character;
      }
      spaceIsOurs = false;
    },
    get line() {
      return line;
    },
    get suggestions() {
      return suggestions();
    },
    /** The share of keystrokes that suggestions have saved so far. */
    get saved() {
      return saved.typed === 0 ? 0 : 1 - saved.pressed / saved.typed;
    },
    /** Words, numbers and marks that were learned so far. */
    get learned() {
      return learned;
    },
  };
}
