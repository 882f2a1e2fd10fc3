import { didYouMean, noSuch, shownGiven } from "../formulas/errors.js";
import type { Rule } from "../rules/rule.js";

/** What a layer's options may be, by name. */
export type Kinds = Readonly<Record<string, Kind>>;
type Kind =
  /** A whole number of at least 1. */
  | "size"
  | "rule"
  /** Names of the rule's constants. */
  | "constants"
  /** One of some words. */
  | readonly string[]
  /** Looked at where it is used. */
  | "other";

/**
 * Looks through a layer's options before anything is allocated, as JavaScript would take a slip for an option left out.
 *
 * @param where the layer, as errors name it
 * @param needed those that must be there
 * @throws TypeError for an option that there is not, or one that is missing or no rule; RangeError for another value that cannot be
 */
export function expectLayerOptions(
  where: string,
  options: object,
  kinds: Kinds,
  needed: readonly string[],
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${where}: options must be an object with ${needed.join(", ")}, got ${options}`);
  }
  const names = Object.keys(kinds);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(kinds, name)) continue;
    throw new TypeError(`${where}: ${noSuch("option", name, names)}`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(kinds)) {
    const value = given[name];
    if (value === undefined && !needed.includes(name)) continue;
    if (kind === "size") expectSize(where, name, value);
    else if (kind === "rule") expectRule(where, name, value);
    else if (kind === "constants") expectConstants(where, name, value, given.rule as Rule | undefined);
    else if (kind !== "other" && !kind.includes(value as string)) {
      throw new RangeError(`${where}: ${name} must be one of ${kind.join(", ")}, got ${shownGiven(value)}`);
    }
  }
}

/** Throws a RangeError unless a number of neurons, inputs and the like is a whole one of at least 1. */
export function expectSize(where: string, name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new RangeError(`${where}: ${name} must be a whole number of at least 1, got ${shownGiven(value)}`);
}

function expectRule(where: string, name: string, value: unknown): void {
  if (typeof value === "object" && value !== null && "params" in value && "definition" in value) return;
  throw new TypeError(
    `${where}: ${name} must be a rule, such as decayingHebb or what defineRule gives, got ${shownGiven(value)}`,
  );
}

/** A constant that is misspelt would be learned all the same. */
function expectConstants(where: string, name: string, value: unknown, rule: Rule | undefined): void {
  if (!Array.isArray(value)) {
    throw new TypeError(
      `${where}: ${name} must be a list of names such as ["eta"], got ${shownGiven(value)}`,
    );
  }
  if (!rule) return;
  const names = Object.keys(rule.params);
  const unknown = value.find((each) => !names.includes(each));
  if (unknown === undefined) return;
  throw new RangeError(
    `${where}: ${name}: the rule ${rule.name} has no constant "${unknown}"; it has ${names.join(", ") || "none"}` +
      didYouMean(String(unknown), names),
  );
}

/** The options of every cell that can be plastic. */
export const plasticityKinds = {
  from: ["hidden", "input", "both"],
  pre: ["present", "previous"],
} as const;
