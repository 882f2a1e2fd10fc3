import { checkIndex } from "../imageSets/imageSet.js";
import { type CharacterSet, numberAlphabets } from "./characterSet.js";

/** Some characters of a set, by their numbers there. */
export interface CharacterChoice {
  readonly set: CharacterSet;
  readonly characters: readonly number[];
}

/**
 * The characters chosen of one or more sets as a set of its own, in which each choice is an alphabet. Throws a RangeError for
 * sets whose pictures or numbers of drawings differ, and for characters that a set has not.
 */
export function chosenCharacters(
  name: string,
  choices: Readonly<Record<string, CharacterChoice>>,
): CharacterSet {
  const parts = Object.entries(choices);
  const { set: first } = parts[0]![1];
  const { drawings, size } = first;
  for (const [, { set, characters }] of parts) {
    if (set.drawings !== drawings || set.size !== size) {
      const shape = ({ name: of, drawings: d, size: s }: CharacterSet, has = "") =>
        `${of}${has} ${d}${has && " drawings"} of ${s} x ${s}`;
      throw new RangeError(`${name}: ${shape(set, " has")}, ${shape(first)}; take sets of one shape`);
    }
    const unknown = characters.find((c) => !Number.isInteger(c) || c < 0 || c >= set.characters);
    if (unknown === undefined) continue;
    throw new RangeError(
      `${name}: ${set.name} has characters 0 to ${set.characters - 1}, got ${unknown}; choose among these`,
    );
  }
  const chosen = parts.flatMap(([, { set, characters }]) =>
    characters.map((character) => ({ set, character })),
  );
  const { alphabets, characters } = numberAlphabets(
    parts.map(([part, choice]) => ({ name: part, characters: choice.characters.length })),
  );
  const all: CharacterSet = {
    ...{ name, size, drawings, alphabets, characters, count: characters * drawings },
    pixels(index) {
      checkIndex(all, index);
      const { set, character } = chosen[Math.floor(index / drawings)]!;
      return set.pixels(character * drawings + (index % drawings));
    },
  };
  return all;
}
