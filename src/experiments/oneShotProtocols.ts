import { type CharacterSet, chosenCharacters, type OneShotOptions, random } from "../tasks/index.js";

/** What a one-shot learner is tested with. */
export interface OneShotProtocol {
  readonly asked: NonNullable<OneShotOptions["asked"]>;
  /** The characters that a test episode (from 0) is drawn from, and their alphabets: kinds of episodes that are told apart. */
  characters(data: CharacterData, seed: number, episode: number): CharacterSet;
}

export interface CharacterData {
  readonly train: CharacterSet;
  readonly test: CharacterSet;
}

/**
 * Of the program's 1623 characters, a run of it trains on all but 100; a test asks for 100 that another shuffle chose, so that
 * 94 of them have been trained on as a rule. Episodes of a test that share these hundred.
 */
const [TRAINED, NEW, EPISODES] = [94, 6, 1000];

export const oneShotProtocols = {
  /** Characters of alphabets that were never trained on; asked for by drawings that were not shown. */
  disjoint: { asked: "unshown", characters: ({ test }) => test },
  /** As the program of Miconi et al. 2018 tests: mostly characters that were trained on, asked for by any drawing. */
  published: {
    asked: "any",
    characters(data, seed, episode) {
      expectEnough(data);
      const rng = random(seed, "tested characters", Math.floor(episode / EPISODES));
      return chosenCharacters("as published", {
        "trained on": { set: data.train, characters: rng.choose(TRAINED, data.train.characters) },
        new: { set: data.test, characters: rng.choose(NEW, data.test.characters) },
      });
    },
  },
} satisfies Readonly<Record<string, OneShotProtocol>>;

function expectEnough({ train, test }: CharacterData): void {
  if (train.characters >= TRAINED && test.characters >= NEW) return;
  throw new RangeError(
    `protocol published: needs ${TRAINED} characters that were trained on and ${NEW} that were not, got ${train.characters} of ` +
      `${train.name} and ${test.characters} of ${test.name}; use protocol disjoint`,
  );
}
