import { Maze, type MazeState } from "../../src/tasks/index.js";
import type { Ablation, Conduct } from "../../src/training/index.js";
import { type GifFrame, renderGif } from "../figures/gif.js";
import { learningCurve } from "../figures/learningCurve.js";
import { mazeFrames } from "../figures/mazeFrames.js";
import { mazeMoments } from "./visits.js";

const labels: Readonly<Record<Ablation, string>> = {
  intact: "trace left alone",
  frozen: "trace frozen halfway",
  zeroed: "trace zeroed halfway",
  shuffled: "trace shuffled halfway",
  unwritten: "trace never written",
};

/** Figures of an agent's test episodes as SVG, by name. */
export function agentFigures(experiment: string, conduct: Conduct): Record<string, string> {
  const figures: Record<string, string> = {
    "reward-per-step": rewardPerStep(experiment, conduct),
  };
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
  const { goal } = replay.start as MazeState;
  const title = `${experiment}: an episode, without any gradient`;
  const frames: GifFrame[] = mazeFrames(title, environment, goal, mazeMoments(environment, replay));
  return renderGif(frames, 1);
}

/** The mean reward at each time step of an episode, its memory left alone or not. */
function rewardPerStep(experiment: string, { results, halfway }: Conduct): string {
  const series = Object.entries(results).map(([ablation, { rewards, changed }]) => ({
    label: labels[ablation as Ablation],
    // Up to the change they are all the same.
    points: Array.from(rewards, (value, t) => ({ episode: t + 1, value })).slice(changed),
  }));
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
