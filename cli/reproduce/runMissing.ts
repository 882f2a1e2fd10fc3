import { codeOf } from "../exitCodes.js";
import { makeFolder } from "../files.js";
import type { Io } from "../io.js";
import { lockFolder } from "../lock.js";
import type { Start } from "../sweep/local.js";
import type { Failure } from "../sweep/runState.js";
import { type Carried, carryOut } from "../sweep/sweep.js";
import type { SweepRun } from "../sweep/sweepRun.js";
import { costLeft } from "./cost.js";
import type { Figure } from "./figure.js";
import { GRID_SEED } from "./grid.js";
import { type Asked, allNeeds, type Need } from "./needs.js";
import { nextRuns } from "./queue.js";

/** Carries out all that is missing, what costs least first; it looks again after each grid of rates. */
export async function runMissing(
  chosen: readonly Figure[],
  flags: Asked & { readonly workers?: number; readonly json?: boolean },
  io: Io,
  start: Start | undefined,
): Promise<Carried> {
  const { out } = flags;
  makeFolder(out);
  const unlock = lockFolder(out);
  const tried = new Set<string>();
  const failures = new Map<SweepRun, Failure>();
  try {
    for (let order: readonly Figure[] | null = null; ; ) {
      const needs = await allNeeds(chosen, flags);
      order ??= chosen.toSorted((a, b) => costLeft(out, needs.get(a)!) - costLeft(out, needs.get(b)!));
      const next = nextRuns(
        order.map((figure) => needs.get(figure)!),
        tried,
      );
      if (next.length === 0) return { stoppedBy: null, failures };
      for (const { name } of next) tried.add(name);
      const carried = await carryOut(out, next, flags, io, { labels: labelsOf(needs), start });
      for (const [run, failure] of carried.failures) {
        // A rate of the grid at which training diverges is an answer.
        const isAnswer = run.seed === GRID_SEED && failure.code === codeOf("diverged");
        if (!isAnswer) failures.set(run, failure);
      }
      if (carried.stoppedBy) return { stoppedBy: carried.stoppedBy, failures };
    }
  } finally {
    unlock();
  }
}

/** "patterns: lstm", for a run of the grid "patterns: lstm, rate 0.001"; by the run's id. */
function labelsOf(needs: ReadonlyMap<Figure, readonly Need[]>): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [{ name }, each] of needs) {
    for (const { condition, trials, seeds } of each) {
      const label = `${name}: ${condition.label}`;
      for (const { run } of seeds) labels.set(run.id, label);
      for (const { run, rate } of trials) labels.set(run.id, `${label}, rate ${rate}`);
    }
  }
  return labels;
}
