import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "hebbian/lifetime";
import { isWord, NgramCache, typedPieces, vocabularyOf, WordCompletion } from "hebbian/tasks";

const here = (name) => join(import.meta.dirname, name);

/**
 * A network that lives with one person. After every word its traces change; nothing of what was typed is kept but these traces, in
 * `file` (none, unless given): sums over moments, in which no order is left. With `cache`, an n-gram cache of this session is mixed in,
 * which saves a little more and holds what was typed, in memory alone: it is not kept.
 */
export async function liveWith(file, { cache = false } = {}) {
  const model = await loadModel(here("predictor.safetensors"));
  const words = vocabularyOf(JSON.parse(readFileSync(here("predictor.words.json"), "utf8")));
  const completion = new WordCompletion(words, 3);
  const life = file && existsSync(file) ? model.resume(readFileSync(file)) : model.begin();
  const ngrams = cache ? new NgramCache({ prior: [100, 5, 1], share: [0.003, 0.08, 0.15] }) : null;
  /** @type {Float32Array} */
  let next = new Float32Array(words.size);
  // What a life begins with: a sentence has ended.
  take(".");

  function take(piece) {
    const number = words.numberOf(piece);
    next = life.step(number);
    ngrams?.learn(number);
    ngrams?.mix(next);
  }

  return {
    /** A word or mark was typed: the network learns it, and foretells the next. */
    take(text) {
      for (const piece of typedPieces(text)) take(piece);
    },
    /** The three likeliest words that begin so; none behind a mark. */
    suggestions: (prefix) =>
      prefix === "" || isWord(prefix) ? completion.suggestions(next, prefix.toLowerCase()) : [],
    /** Whole or not at all, so that a crash costs no life. */
    save() {
      if (!file) return;
      writeFileSync(`${file}.new`, life.snapshot());
      renameSync(`${file}.new`, file);
    },
    bytes: () => life.snapshot().length,
  };
}
