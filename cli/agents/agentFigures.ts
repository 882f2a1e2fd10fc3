import { learningCurve } from "../../src/figures/learningCurve.js";
import { Maze } from "../../src/tasks/index.js";
import type { Conduct, InterventionName } from "../../src/training/index.js";
import { type GifFrame, renderGif } from "../figures/gif.js";
import { mazeFrames } from "../figures/mazeFrames.js";
import { goalVisitsFigure } from "./goalVisitsFigure.js";
import { interventionWords } from "./memoryProof.js";
import { mazeMoments } from "./visits.js";

/** Interventions on the trace: what its reward per step shows. */
const onTrace: readonly InterventionName[] = [
  "intact",
  "frozen",
  "zeroed",
  "shuffled",
  "unwritten",
  "transplanted",
];

/** Figures of an agent's test episodes as SVG, by name. */
export function agentFigures(experiment: string, conduct: Conduct): Record<string, string> {
  const figures: Record<string, string> = {
    "reward-per-step": rewardPerStep(experiment, conduct),
  };
  const visits = goalVisitsFigure(experiment, conduct);
  if (visits !== null) figures["goal-visits"] = visits;
  if (conduct.environment instanceof Maze) {
    figures["first-find-and-return"] = findAndReturn(experiment, conduct, conduct.environment.steps);
  }
  return figures;
}

/** An animation of the first test episode; null for tasks that have none. */
export async function agentAnimation(
  experiment: string,
  { replay, environment }: Conduct,
): Promise<Uint8Array | null> {
  if (!(environment instanceof Maze)) return null;
  const title = `${experiment}: an episode, without any gradient`;
  const frames: GifFrame[] = mazeFrames(title, environment, mazeMoments(environment, replay));
  return renderGif(frames, 1);
}

/** The mean reward at each time step of an episode, its memory left alone or not. */
function rewardPerStep(experiment: string, { results, halfway }: Conduct): string {
  const series = onTrace.flatMap((name) => {
    const result = results[name];
    if (!result) return [];
    // Up to the change they are all the same.
    const points = Array.from(result.rewards, (value, t) => ({ episode: t + 1, value })).slice(
      result.changed,
    );
    return { label: interventionWords[name], points };
  });
  const isProof = series.length > 1;
  const proof = isProof ? `; traces are changed after step ${halfway}` : "";
  return learningCurve({
    title: `${experiment}: reward within an episode, mean of ${results.intact.episodes.length} episodes${proof}`,
    series,
    yLabel: "mean reward of a step",
    xLabel: "time step of the episode",
    lines: "mean",
    moments: isProof ? [halfway] : [],
  });
}

/** How many episodes had found the reward after so many steps: for the first time, and again. */
function findAndReturn(experiment: string, { results }: Conduct, steps: number): string {
  const share = (name: string) => {
    const needed = results.intact.episodes.map((episode) => episode[name]!);
    return Array.from({ length: Math.ceil(steps / 2) }, (_, k) => ({
      episode: k + 1,
      value: (100 * needed.filter((count) => count <= k + 1).length) / needed.length,
    }));
  };
  return learningCurve({
    title: `${experiment}: steps to the first find, and back again from anywhere`,
    series: [
      { label: "back again (median of an episode)", points: share("return") },
      { label: "first find", points: share("firstFind") },
    ],
    yLabel: "share of episodes that had found it (%)",
    xLabel: "steps since the agent was put down",
    lines: "exact",
  });
}
