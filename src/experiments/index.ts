import type { Experiment } from "../training/index.js";
import { cueReward } from "./cueReward.js";
import { images } from "./images.js";
import { maze, mazeFirst, mazeSmall } from "./maze.js";
import { omniglot, omniglotPaper } from "./omniglot.js";
import { patterns } from "./patterns.js";
import { patternsSmall } from "./patternsSmall.js";

export { cueReward, images, maze, mazeFirst, mazeSmall, omniglot, omniglotPaper, patterns, patternsSmall };

/** Every experiment, by name. */
export const experiments: Readonly<Record<string, Experiment>> = Object.fromEntries(
  // Each knows its own options exactly; a list of all of them can only promise checked options.
  (
    [
      patterns,
      patternsSmall,
      images,
      maze,
      mazeSmall,
      mazeFirst,
      cueReward,
      omniglot,
      omniglotPaper,
    ] as unknown as Experiment[]
  ).map((experiment) => [experiment.name, experiment]),
);
