/** What agents get in a maze whose goal stays where it is: the mean, over all goals, of the reward of an episode. */
export interface MazeLimits {
  /** Of somebody who knows the goal and the shortest ways, which no agent can from its observations. */
  readonly ceiling: number;
  /**
   * Of somebody who knows the walls and always where it is, and searches the goal: it goes to the nearest cell where that may
   * lie and it has not been, and once it has found it, straight back to it.
   */
  readonly explorer: number;
}

/** What is paid in a maze, and how many steps an episode has. */
interface Rewards {
  readonly steps: number;
  readonly reward: number;
  readonly bumpCost: number;
  readonly teleportOntoGoal: boolean;
}

/** A maze as far as that takes. */
interface Places {
  readonly options: Rewards;
  readonly walls: ArrayLike<number>;
  readonly centre: number;
  readonly free: readonly number[];
  /** What each action adds to the agent's cell. */
  readonly moves: readonly number[];
  /** Steps from each cell to `goal`, the shortest way; -1 for walls. */
  distances(goal: number): ArrayLike<number>;
}

/** `goals`: where the goal may lie, each as likely as the others. */
export function mazeLimits(maze: Places, goals: readonly number[]): MazeLimits {
  const searched = searchTimes(maze, goals);
  const mean = (reward: (goal: number) => number) =>
    goals.reduce((sum, goal) => sum + reward(goal), 0) / goals.length;
  const { steps, reward } = maze.options;
  return {
    ceiling: mean((goal) => bestReward(maze, goal)(maze.centre, steps)),
    explorer: mean((goal) => {
      const found = searched[goal]!;
      return found < 0 || found > steps ? 0 : reward + rewardAfterFind(maze, goal)[steps - found]!;
    }),
  };
}

/** Mean reward of the shortest ways to `goal`, given a cell and the steps that are left. */
function bestReward(maze: Places, goal: number): (cell: number, steps: number) => number {
  const left = rewardAfterFind(maze, goal);
  const way = wayTo(maze, goal);
  return (cell, steps) => rewardOfWay(maze.options, way(cell), steps, left);
}

/** Steps from a cell to the goal, and what bumping costs on the way; steps are -1 where no way leads there. */
type Way = (cell: number) => { readonly steps: number; readonly cost: number };

function wayTo(maze: Places, goal: number): Way {
  const { options, walls, moves } = maze;
  const distance = maze.distances(goal);
  // On the goal itself: to bump into a wall beside it, if there is one, finds it again; else out and back.
  const bumps = moves.some((move) => walls[goal + move]);
  return (cell) => {
    if (cell !== goal) return { steps: distance[cell]!, cost: 0 };
    return bumps ? { steps: 1, cost: options.bumpCost } : { steps: 2, cost: 0 };
  };
}

const rewardOfWay = (
  { reward }: Rewards,
  { steps: way, cost }: ReturnType<Way>,
  steps: number,
  left: Float64Array,
): number => (way < 0 || way > steps ? 0 : reward - cost + left[steps - way]!);

/** By steps that are left, [steps + 1]: what is still to be had after a find, over all places to be put to. */
function rewardAfterFind(maze: Places, goal: number): Float64Array {
  const { options, free } = maze;
  const way = wayTo(maze, goal);
  const ways = free.filter((cell) => options.teleportOntoGoal || cell !== goal).map(way);
  const left = new Float64Array(options.steps + 1);
  for (let steps = 1; steps <= options.steps; steps++) {
    left[steps] = ways.reduce((sum, each) => sum + rewardOfWay(options, each, steps, left), 0) / ways.length;
  }
  return left;
}

/**
 * By cell: after how many steps the explorer is first there; -1 where it never comes. Of several cells equally near it takes
 * the first, row by row. To begin somewhere finds nothing: a goal in the centre is found by coming back to it.
 */
function searchTimes(maze: Places, goals: readonly number[]): Int32Array {
  const { walls, moves, centre } = maze;
  const times = new Int32Array(walls.length).fill(-1);
  let [at, time] = [centre, 0];
  for (;;) {
    const distance = maze.distances(at);
    let next = -1;
    for (const cell of goals) {
      if (times[cell] !== -1 || cell === at || distance[cell]! < 0) continue;
      if (next < 0 || distance[cell]! < distance[next]!) next = cell;
    }
    if (next < 0) return times;
    const toNext = maze.distances(next);
    while (at !== next) {
      at += moves.find((move) => !walls[at + move] && toNext[at + move] === toNext[at]! - 1)!;
      time++;
      if (times[at] === -1) times[at] = time;
    }
  }
}
