import { didYouMean } from "../formulas/errors.js";
import { shownValue } from "./taskError.js";

/** An experiment cannot be what it was defined as; the message names the field, what was expected and what was got. */
export class ExperimentError extends Error {
  override readonly name = "ExperimentError";
}

/** What a field must be: a test, and the words for it. */
export type Check = readonly [isRight: (value: unknown) => boolean, words: string];

export const textCheck: Check = [(value) => typeof value === "string", "a string"];
export const optional = ([isRight, words]: Check): Check => [
  (value) => value === undefined || isRight(value),
  `${words}, or nothing`,
];
export const oneOf = (...values: readonly unknown[]): Check => [
  (value) => values.includes(value),
  values.map((value) => JSON.stringify(value)).join(" or "),
];
export const countCheck: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  "a whole number of at least 1",
];

/** What an error about a definition begins with. */
export const whereOf = ({ name }: { readonly name?: unknown }): string =>
  typeof name === "string" ? `experiment ${JSON.stringify(name)}` : "experiment";

/** Throws an ExperimentError that names the first field of `value` that is missing, wrong or unknown. `at`: what it is a part of. */
export function expectFields(
  where: string,
  at: string,
  known: Readonly<Record<string, Check>>,
  value: object,
): void {
  // A slip in a name leaves another field missing; the slip is what is to be mended.
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(known, field));
  if (unknown !== undefined) {
    const names = Object.keys(known);
    throw new ExperimentError(
      `${where}: ${at}${unknown}: there is no such field; there are ${names.join(", ")}${didYouMean(unknown, names)}`,
    );
  }
  for (const [field, [isRight, words]] of Object.entries(known)) {
    const got = (value as Readonly<Record<string, unknown>>)[field];
    if (isRight(got)) continue;
    throw new ExperimentError(`${where}: ${at}${field}: expected ${words}, got ${shownValue(got)}`);
  }
}
