import type { Maze, MazeState } from "../../src/tasks/index.js";
import type { Frame, Replay } from "../../src/training/index.js";

/** One way through a maze: from where the agent was put until it found the reward, or the episode ended. */
export interface Visit {
  /** Cells, from the first on; the last is the goal if it was found. */
  readonly path: readonly number[];
  readonly found: boolean;
  /** Steps of the shortest way to the goal. */
  readonly shortest: number;
}

/** A step of an episode in a maze, and all that led there. */
export interface MazeMoment {
  /** Steps taken, from 1. */
  readonly time: number;
  /** Visits so far; the last one under way, or just ended. */
  readonly visits: readonly Visit[];
  readonly reward: number;
  readonly modulator: number | null;
}

/** What can be seen of an episode in a maze, step by step. */
export function mazeMoments(maze: Maze, { start, frames }: Replay): MazeMoment[] {
  const { agent, goal } = start as MazeState;
  const distances = maze.distances(goal);
  const begun = (at: number): Visit => ({ path: [at], found: false, shortest: distances[at]! });
  let visits: readonly Visit[] = [begun(agent)];
  let total = 0;
  let next: number | null = null;
  return frames.map(({ world, reward, modulator }: Frame, k) => {
    if (next !== null) visits = [...visits, begun(next)];
    next = null;
    const at = (world as MazeState).agent;
    const found = (world as MazeState).found > ((k > 0 ? frames[k - 1]!.world : start) as MazeState).found;
    const last = visits.at(-1)!;
    visits = [...visits.slice(0, -1), { ...last, path: [...last.path, found ? goal : at], found }];
    // It has been put elsewhere already; we see it at the goal for this one step.
    if (found) next = at;
    total += reward;
    return { time: k + 1, visits, reward: total, modulator };
  });
}

/** "22 steps, shortest way 6". */
export const visitWords = ({ path, shortest }: Visit): string => {
  const steps = path.length - 1;
  return `${steps} ${steps === 1 ? "step" : "steps"}, shortest way ${shortest}`;
};
