import { experiments } from "../src/experiments/index.js";
import { didYouMean } from "../src/formulas/errors.js";
import type { Experiment } from "../src/training/index.js";
import { UsageError } from "./exitCodes.js";

/** The experiment of that name. Throws a UsageError that lists what there is. */
export function experimentNamed(name: string): Experiment {
  const found = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (found) return found;
  const names = Object.keys(experiments);
  throw new UsageError(
    `there is no experiment "${name}"; choose one of ${names.join(", ")}${didYouMean(name, names)}`,
  );
}
