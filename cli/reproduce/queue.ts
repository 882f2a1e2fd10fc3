import type { SweepRun } from "../sweep/sweepRun.js";
import { FEWEST } from "./judge.js";
import { type Need, openSeeds, openTrials } from "./needs.js";

/**
 * What is run next, so that most can be said whenever it is stopped: of one figure after the other the grid, then seeds 0, 1
 * and 2 of all its networks; only then the other seeds of all figures, seed by seed. It ends at the first grid that is not
 * done: what comes after depends on what it says.
 *
 * @param figures what each needs, in the order in which they are run
 * @param tried names of runs that have failed, or have been run already
 */
export function nextRuns(figures: readonly (readonly Need[])[], tried: ReadonlySet<string>): SweepRun[] {
  const untried = (runs: readonly { readonly run: SweepRun }[]) =>
    runs.map(({ run }) => run).filter(({ name }) => !tried.has(name));
  const seedsOf = (needs: readonly Need[]) =>
    untried(needs.flatMap(openSeeds)).sort((a, b) => a.seed - b.seed);
  const next: SweepRun[] = [];
  for (const needs of figures) {
    next.push(...seedsOf(needs).filter(({ seed }) => seed < FEWEST));
    const grid = untried(needs.flatMap(openTrials));
    if (grid.length > 0) return [...next, ...grid];
  }
  return [...next, ...seedsOf(figures.flat()).filter(({ seed }) => seed >= FEWEST)];
}
