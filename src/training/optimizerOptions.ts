import { noSuch } from "../formulas/errors.js";
import { shownValue } from "./taskError.js";

/** What a number may be: a test, and the words for it. */
type Range = readonly [isRight: (value: number) => boolean, words: string];

export const fromZero: Range = [(value) => value >= 0 && value < Infinity, "a finite number of at least 0"];
export const aboveZero: Range = [(value) => value > 0, "a number above 0"];
export const belowOne: Range = [(value) => value >= 0 && value < 1, "at least 0 and below 1"];
const anyOf: Range = [Number.isFinite, "a finite number"];
const steps: Range = [(value) => Number.isSafeInteger(value) && value >= 1, "a whole number of at least 1"];
const after: Range = [(value) => Number.isSafeInteger(value) && value >= 0, "a whole number of at least 0"];

/**
 * Looks through the constants of an optimizer, which would else make every parameter NaN, or leave each where it is.
 *
 * @throws TypeError for an option that there is not, RangeError for a number that cannot be
 */
export function expectOptimizerOptions(
  where: string,
  options: object,
  ranges: Readonly<Record<string, Range>>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${where}: options must be an object such as { lr: 0.001 }, got ${options}`);
  }
  const { schedule, ...numbers } = options as Readonly<Record<string, unknown>>;
  expectNumbers(where, "", numbers, { lr: fromZero, ...ranges }, ["lr"], ["schedule"]);
  if (schedule === undefined) return;
  if (typeof schedule !== "object" || schedule === null) {
    throw new TypeError(`${where}: schedule must be { every, factor }, got ${schedule}`);
  }
  const given = schedule as Readonly<Record<string, unknown>>;
  expectNumbers(where, "schedule.", given, { every: steps, factor: anyOf, after }, ["every", "factor"]);
}

/** `needed` numbers must be there; `others` are known, and looked at elsewhere. */
function expectNumbers(
  where: string,
  at: string,
  given: Readonly<Record<string, unknown>>,
  ranges: Readonly<Record<string, Range>>,
  needed: readonly string[],
  others: readonly string[] = [],
): void {
  const names = [...Object.keys(ranges), ...others];
  const missing = needed.map((name) => [name, undefined]);
  for (const [name, value] of Object.entries({ ...Object.fromEntries(missing), ...given })) {
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
    if (!range) throw new TypeError(`${where}: ${noSuch("option", name, names)}`);
    const isLeftOut = value === undefined && !needed.includes(name);
    if (isLeftOut || (typeof value === "number" && range[0](value))) continue;
    throw new RangeError(`${where}: ${at}${name} must be ${range[1]}, got ${shownValue(value)}`);
  }
}
