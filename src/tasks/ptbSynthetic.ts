import { type Random, random } from "./random.js";

/** A text in three parts that nobody wrote, for tests and first tries. */
export interface SyntheticText {
  readonly name: string;
  readonly text: { readonly train: string; readonly valid: string; readonly test: string };
}

const syllables = ["ba", "do", "fe", "ki", "lu", "mo", "na", "pe", "ri", "so", "ta", "vu"];
const subjects = ["the king", "a farmer", "the old ship", "my friend", "one of them"];
const verbs = ["sees", "likes", "follows", "remembers", "sends for", "asks"];
const endings = ["in the morning", "again", "without a word", "at the market", "once more", "in winter"];

/** Names that recur throughout an article, out of so many. */
const [CAST, NAMES] = [3, 200];
const SENTENCES = 12;

/**
 * Short articles, each about names of its own that come again and again in it and are rare elsewhere: what has been read says a
 * good deal about what follows. Some 15,000 words to train with, 2,500 each to choose by and to test with.
 */
export function syntheticText(seed: number): SyntheticText {
  const named = random(seed, "synthetic names", 0);
  const names = Array.from({ length: NAMES }, () =>
    Array.from({ length: 3 }, () => pick(named, syllables)).join(""),
  );
  const part = (stream: string, articles: number) =>
    Array.from({ length: articles }, (_, k) => article(random(seed, stream, k), names)).join("");
  return {
    name: "synthetic text",
    text: {
      train: part("synthetic train", 150),
      valid: part("synthetic valid", 25),
      test: part("synthetic test", 25),
    },
  };
}

function article(rng: Random, names: readonly string[]): string {
  const cast = rng.choose(CAST, names.length).map((index) => names[index]!);
  const someone = () => (rng.uniform() < 0.7 ? pick(rng, cast) : pick(rng, subjects));
  return Array.from(
    { length: SENTENCES },
    () => `${someone()} ${pick(rng, verbs)} ${someone()} ${pick(rng, endings)}\n`,
  ).join("");
}

const pick = <T>(rng: Random, of: readonly T[]): T => of[rng.integer(of.length)]!;
