import type { Metric } from "../../src/training/index.js";

/** The seed of every run of a grid: of no run that is judged, as those have 0 and the following, up to 999. */
export const GRID_SEED = 1000;

/** What came of a rate: a network's test score; null while its run is not over; "diverged" where training has no end. */
export type Outcome = number | "diverged" | null;

/** The learning rate that a network got, by the grid. */
export interface Choice {
  readonly rate: number;
  /** Where it lies at an end of the grid, beyond which there may be a better one. */
  readonly edge: "lowest" | "highest" | null;
}

/**
 * The rate whose run has the best score; of equals, the lowest. Null while a run is missing, and where all of them diverged.
 *
 * @param tried ascending rates
 */
export function chosenRate(
  tried: readonly { readonly rate: number; readonly outcome: Outcome }[],
  { better }: Pick<Metric, "better">,
): Choice | null {
  if (tried.some(({ outcome }) => outcome === null)) return null;
  const sign = better === "higher" ? 1 : -1;
  const merits = tried.map(({ outcome }) => (typeof outcome === "number" ? sign * outcome : -Infinity));
  const best = Math.max(...merits);
  const at = merits.indexOf(best);
  if (best === -Infinity) return null;
  const last = tried.length - 1;
  return { rate: tried[at]!.rate, edge: at === 0 ? "lowest" : at === last ? "highest" : null };
}
