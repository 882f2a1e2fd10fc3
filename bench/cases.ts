import { proceduralImages } from "../src/tasks/imageSets/procedural.js";
import { imagesEpisode, naturalImages } from "../src/tasks/images.js";
import { fullPatterns, type PatternsOptions, patternsEpisode, smallPatterns } from "../src/tasks/patterns.js";
import { random } from "../src/tasks/random.js";
import { mazeProblem, type Problem, rnnProblem } from "./problem.js";

const SEED = 1;

const patterns = (name: string, task: PatternsOptions): Problem =>
  rnnProblem(
    patternsEpisode(task, random(SEED, `${name} episode`, 0)),
    { std: 0.01, eta: 0.01, lr: 3e-4, clamped: false },
    random(SEED, `${name} weights`, 0),
  );

/** The measured cases by name: one full training step each (forward, loss, backward through time, Adam). */
export const cases: Readonly<Record<string, () => Problem>> = {
  /** DP's full pattern task: 1000 neurons, 106 steps. */
  patterns: () => patterns("patterns", fullPatterns),
  /** DP's comparison task: 51 neurons, 11 steps. Shows the cost of each call rather than of arithmetic. */
  "patterns-small": () => patterns("patterns-small", smallPatterns),
  /** DP's image completion: 1025 clamped neurons, 201 steps. */
  images: () =>
    rnnProblem(
      imagesEpisode(proceduralImages(SEED), naturalImages, random(SEED, "images episode", 0)),
      { std: 0.01, eta: 0.01, lr: 1e-4, clamped: true },
      random(SEED, "images weights", 0),
    ),
  /** BP's maze network without the maze: 100 neurons, 30 episodes of 200 steps. */
  "maze-core": () =>
    mazeProblem(
      { neurons: 100, batch: 30, steps: 200 },
      { std: 0.05, eta: 0.03, lr: 1e-4 },
      random(SEED, "maze-core", 0),
    ),
};
