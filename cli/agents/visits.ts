import type { Maze, MazeState } from "../../src/tasks/index.js";
import type { Frame, Replay } from "../../src/training/index.js";

/** One way through a maze: from where the agent was put until it found the reward, or the episode ended. */
export interface Visit {
  /** Cells, from the first on; the last is the goal if it was found. */
  readonly path: readonly number[];
  readonly found: boolean;
  /** Where the goal lies now, or lay when it was found. */
  readonly goal: number;
  /** Where it lay before its last move; null as long as it has not moved. */
  readonly formerGoal: number | null;
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
  const { agent, goal: first } = start as MazeState;
  let place: Pick<Visit, "goal" | "formerGoal"> = { goal: first, formerGoal: null };
  let distances = maze.distances(first);
  const begun = (at: number): Visit => ({ path: [at], found: false, ...place, shortest: distances[at]! });
  let visits: readonly Visit[] = [begun(agent)];
  let total = 0;
  let next: number | null = null;
  return frames.map(({ world, reward, modulator }: Frame, k) => {
    if (next !== null) visits = [...visits, begun(next)];
    next = null;
    const { agent: at, goal } = world as MazeState;
    const found = (world as MazeState).found > ((k > 0 ? frames[k - 1]!.world : start) as MazeState).found;
    const last = visits.at(-1)!;
    visits = [...visits.slice(0, -1), { ...last, path: [...last.path, found ? place.goal : at], found }];
    // It has been put elsewhere already; we see it at the goal for this one step.
    if (found) next = at;
    if (goal !== place.goal) {
      place = { goal, formerGoal: place.goal };
      distances = maze.distances(goal);
      // What is still under way has another aim from here on.
      if (!found)
        visits = [
          ...visits.slice(0, -1),
          { ...visits.at(-1)!, ...place, shortest: distances[last.path[0]!]! },
        ];
    }
    total += reward;
    return { time: k + 1, visits, reward: total, modulator };
  });
}

/** "22 steps, shortest way 6". */
export const visitWords = ({ path, shortest }: Visit): string => {
  const steps = path.length - 1;
  return `${steps} ${steps === 1 ? "step" : "steps"}, shortest way ${shortest}`;
};
