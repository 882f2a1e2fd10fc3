import { describe, expect, it } from "vitest";
import type { SweepRun } from "../sweep/sweepRun.js";
import type { Need } from "./needs.js";
import { nextRuns } from "./queue.js";

const run = (name: string, seed: number) => ({ name, seed }) as SweepRun;

/** A network of a figure: `trials` runs of its grid are open, and seeds 0 to `seeds` - 1. */
const need = (name: string, trials: number, seeds: number) =>
  ({
    trials: Array.from({ length: trials }, (_, k) => ({
      run: run(`${name} rate ${k}`, 1000),
      outcome: null,
    })),
    seeds: Array.from({ length: seeds }, (_, seed) => ({ run: run(`${name} ${seed}`, seed), done: null })),
  }) as unknown as Need;

const names = (figures: readonly (readonly Need[])[], tried: string[] = []) =>
  nextRuns(figures, new Set(tried)).map(({ name }) => name);

describe("the queue", () => {
  it("goes by seed, not by network", () => {
    expect(names([[need("a", 0, 2), need("b", 0, 2)]])).toEqual(["a 0", "b 0", "a 1", "b 1"]);
  });

  it("has three seeds of every figure before the fourth of any", () => {
    expect(names([[need("a", 0, 4)], [need("b", 0, 5)]])).toEqual([
      "a 0",
      "a 1",
      "a 2",
      "b 0",
      "b 1",
      "b 2",
      "a 3",
      "b 3",
      "b 4",
    ]);
  });

  it("ends with the first grid that is not done, and takes along the seeds that are known before it", () => {
    expect(names([[need("a", 0, 4)], [need("b", 2, 0), need("c", 0, 1)], [need("d", 0, 1)]])).toEqual([
      "a 0",
      "a 1",
      "a 2",
      "c 0",
      "b rate 0",
      "b rate 1",
    ]);
  });

  it("leaves out what was tried already: a grid that has failed keeps nothing else waiting", () => {
    const figures = [[need("a", 1, 0), need("b", 0, 4)]];
    expect(names(figures, ["a rate 0", "b 1"])).toEqual(["b 0", "b 2", "b 3"]);
  });
});
