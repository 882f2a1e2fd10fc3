import { experiments } from "../src/experiments/index.js";
import { describeOptions } from "../src/training/index.js";
import { codeOf } from "./exitCodes.js";
import { coloursFor, type Io } from "./io.js";

/** Prints every experiment: what it is, where it is from, what it should reach. */
export function list(json: boolean, io: Io): number {
  const all = Object.values(experiments);
  if (json) {
    const about = all.map((experiment) => {
      const { name, title, source, expected, departures, metric, others, episodes } = experiment;
      return {
        name,
        title,
        source,
        expected,
        departures,
        metric,
        others,
        episodes,
        options: describeOptions(experiment),
      };
    });
    io.stdout.write(`${JSON.stringify(about)}\n`);
    return codeOf("ok");
  }
  const { bold, dim } = coloursFor(io.stdout, io.env);
  for (const { name, title, source, expected, episodes } of all) {
    io.stdout.write(`${bold(name)}  ${title}\n`);
    io.stdout.write(`  ${dim(source)}\n`);
    io.stdout.write(`  expected: ${expected}\n  episodes: ${episodes}\n\n`);
  }
  io.stdout.write(
    "Train one with: hebbian train <experiment>; its options: hebbian train <experiment> --help\n",
  );
  return codeOf("ok");
}
