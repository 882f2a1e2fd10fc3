/**
 * What is on the line while a person types, apart from any terminal: keys go in, the line and three suggestions come out. A word is
 * learned when it ends: by a space, a mark, Enter, or by taking a suggestion.
 */
export function typing(life) {
  let line = "";
  let word = "";
  let spaceIsOurs = false;
  const saved = { pressed: 0, typed: 0 };

  function finish() {
    if (word !== "") life.take(word);
    word = "";
  }

  return {
    key(key) {
      saved.pressed++;
      const taken = key === "\t" ? 0 : "123".indexOf(key);
      const offered = taken >= 0 ? life.suggestions(word)[taken] : undefined;
      if (offered !== undefined) {
        const rest = offered.slice(word.length);
        saved.typed += rest.length + 1;
        line += `${rest} `;
        word += rest;
        finish();
        spaceIsOurs = true;
        return;
      }
      saved.typed++;
      if (key === "\r" || key === "\n") {
        finish();
        line = "";
      } else if (key === "\u007f" || key === "\b") {
        // Only the word that is being typed can be taken back: what was learned stays learned.
        if (word === "") return;
        word = word.slice(0, -1);
        line = line.slice(0, -1);
      } else if (/^[\p{L}'-]$/u.test(key)) {
        word += key;
        line += key;
      } else if (key >= " ") {
        finish();
        if (key !== " ") life.take(key);
        // A mark stands at the word: the space that a suggestion brought goes behind it.
        if (spaceIsOurs && key !== " ") line = `${line.slice(0, -1)}${key} `;
        else if (!(spaceIsOurs && key === " ")) line += key;
      }
      spaceIsOurs = false;
    },
    get line() {
      return line;
    },
    get suggestions() {
      return life.suggestions(word);
    },
    /** The share of keystrokes that suggestions have saved so far. */
    get saved() {
      return saved.typed === 0 ? 0 : 1 - saved.pressed / saved.typed;
    },
  };
}
