import { learningCurve } from "../../src/figures/learningCurve.js";
import type { Conduct, InterventionName } from "../../src/training/index.js";

/** What is drawn of each intervention: where the agent goes after it, and where it would go if its memory were elsewhere. */
const drawn: readonly { readonly name: InterventionName; readonly own: string; readonly other: string }[] = [
  { name: "transplanted", own: "another's trace: its own goal", other: "another's trace: the other's goal" },
  // The control: what neurons did before goes with it, and the trace stays.
  {
    name: "activitySwapped",
    own: "another's activity: its own goal",
    other: "another's activity: the other's goal",
  },
  { name: "goalMoved", own: "goal moved: the new one", other: "goal moved: the old one" },
];

/** Steps whose mean a point shows. */
const BIN = 10;

/** Visits to the goal and to the other place in an episode's second half, as SVG; null for tasks without such places. */
export function goalVisitsFigure(experiment: string, { results, halfway }: Conduct): string | null {
  const series = drawn.flatMap(({ name, own, other }) => {
    const goals = results[name]?.goals;
    if (!goals?.other) return [];
    return [
      { label: own, points: binned(goals.own.perStep, halfway) },
      { label: other, points: binned(goals.other.perStep, halfway) },
    ];
  });
  if (series.length === 0) return null;
  return learningCurve({
    title: `${experiment}: visits to the goal and to the other place, mean of ${results.intact.episodes.length} episodes`,
    series,
    yLabel: "visits in 100 steps",
    xLabel: `time step of the episode; changed after step ${halfway}`,
    lines: "exact",
  });
}

/** Visits in 100 steps, over ten steps at a time from `from` on, each at its last step. */
const binned = (perStep: Float64Array, from: number) =>
  Array.from({ length: Math.ceil((perStep.length - from) / BIN) }, (_, k) => {
    const part = perStep.subarray(from + k * BIN, from + (k + 1) * BIN);
    const mean = part.reduce((sum, each) => sum + each, 0) / part.length;
    return { episode: from + k * BIN + part.length, value: 100 * mean };
  });
