import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SweepRun } from "../sweep/sweepRun.js";
import { costLeft } from "./cost.js";
import type { Need, NeededRun } from "./needs.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-cost-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const condition = { label: "rnn", options: {}, episodes: 100, secondsAnEpisode: 2 };

/** A run of 100 episodes that has left these timings, over or not. */
function needed(name: string, isDone: boolean, ...timings: string[]): NeededRun {
  const path = join(folder, "runs", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "timing.jsonl"), timings.join("\n"));
  const run = { name, episodes: 100 } as SweepRun;
  return { condition, run, done: isDone ? path : null, diverged: false };
}

const need = (seeds: NeededRun[], waiting = 0): Need => ({
  ...{ condition, trials: [], choice: null, seeds, waiting },
});

describe("what is left to be spent", () => {
  it("is as the figure estimates before a run is done, less what has been lived", () => {
    const begun = needed("begun", false, '{"episode":40,"episodes":40,"seconds":9,"processorSeconds":9}');
    expect(costLeft(folder, [need([begun])])).toBe(2 * 60);
  });

  it("goes by the processor time of what is done, and counts the seeds that wait for their rate", () => {
    const done = needed("done", true, '{"episode":100,"episodes":100,"seconds":900,"processorSeconds":50}');
    expect(costLeft(folder, [need([done], 3)])).toBe(0.5 * 300);
  });

  it("takes nothing from runs that knew the clock alone, nor from a line that is torn", () => {
    const old = needed("old", true, '{"episode":100,"episodes":100,"seconds":900}', '{"episode":100,"epi');
    expect(costLeft(folder, [need([old], 1)])).toBe(2 * 100);
  });
});
