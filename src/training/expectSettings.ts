import { didYouMean } from "../formulas/errors.js";
import { shownValue } from "./taskError.js";

/**
 * Throws a TypeError for settings without what is needed, or with a name that is a slip away from one that there is: JavaScript would
 * take it for one left out. Others may be there, as what is spread into settings has them.
 *
 * @param names of all that there are
 */
export function expectSettings(
  where: string,
  settings: object,
  needed: readonly string[],
  names: readonly string[],
): void {
  if (typeof settings !== "object" || settings === null) {
    throw new TypeError(`${where}: expected an object of settings, got ${shownValue(settings)}`);
  }
  for (const name of Object.keys(settings)) {
    const meant = names.includes(name) ? "" : didYouMean(name, names);
    if (meant !== "") throw new TypeError(`${where}: there is no setting "${name}"${meant}`);
  }
  const missing = needed.find((name) => !(settings as Readonly<Record<string, unknown>>)[name]);
  if (missing === undefined) return;
  const cure = missing === "device" ? "; const device = await init() makes one" : "";
  throw new TypeError(`${where}: ${missing} is missing${cure}`);
}

/** Throws a RangeError unless a number of episodes, where it is given, is a whole one of at least `least`. */
export function expectEpisodes(where: string, name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return;
  throw new RangeError(
    `${where}: ${name} must be a whole number of at least ${least}, got ${shownValue(value)}`,
  );
}
