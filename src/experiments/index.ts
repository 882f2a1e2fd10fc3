import type { Experiment } from "../training/index.js";
import { images } from "./images.js";
import { patterns } from "./patterns.js";
import { patternsSmall } from "./patternsSmall.js";

export { images, patterns, patternsSmall };

/** Every experiment, by name. */
export const experiments: Readonly<Record<string, Experiment>> = Object.fromEntries(
  // Each knows its own options exactly; a list of all of them can only promise checked options.
  ([patterns, patternsSmall, images] as unknown as Experiment[]).map((experiment) => [
    experiment.name,
    experiment,
  ]),
);
