import type { Environment, Goals } from "./environment.js";
import { type MazeLimits, mazeLimits } from "./mazeLimits.js";
import { checkMaze, type MazeOptions } from "./mazeOptions.js";
import type { Random } from "./random.js";

export { type MazeOptions, maze9, mazeBp, mazeDp, mazeText } from "./mazeOptions.js";

/** An episode of a maze. Cells are numbered row * size + column, from the top left. */
export interface MazeState {
  agent: number;
  /** Where the reward is; nothing shows it. */
  goal: number;
  /** Where it will be after so many steps, the earliest first. */
  moves: readonly GoalMove[];
  /** Steps taken. */
  time: number;
  /** Of the latest step; -1 before the first. */
  action: number;
  /** Of the latest step. */
  reward: number;
  /** Times that the goal was found. */
  found: number;
  /** The cell that the latest step led to, or left the agent in; -1 before the first. */
  reached: number;
  readonly random: Random;
}

/** The goal lies in `goal` once `after` steps are taken. */
export interface GoalMove {
  readonly after: number;
  readonly goal: number;
}

const ACTIONS = 4;
const NEIGHBOURS = 9;

/**
 * Grid maze with an invisible goal: the agent begins in the centre, moves up, down, left or right (actions 0 to 3), and
 * is put elsewhere at random whenever it finds the goal, which stays where it is for the episode unless `goalMoves` says
 * otherwise. Walls lie around and at every even row and column but the centre. Miconi et al. 2018, 4.5; Miconi et al. 2019, 4.2.
 *
 * An observation holds the 3 x 3 cells around the agent (walls 1), a bias of 1, the share of the episode that is over,
 * the latest reward, and the latest action one-hot: 16 numbers.
 */
export class Maze implements Environment<MazeState> {
  readonly actions = ACTIONS;
  readonly observations = NEIGHBOURS + 3 + ACTIONS;
  readonly steps: number;
  readonly size: number;
  /** 1 for a wall, by cell. */
  readonly walls: Uint8Array;
  readonly centre: number;
  /** What somebody gets who knows the goal, and somebody who has to search it, where it does not move. */
  readonly limits: MazeLimits;
  /** Cells without walls, ascending. */
  readonly free: readonly number[];
  readonly goals: Goals<MazeState> = {
    at: ({ goal }) => goal,
    reached: ({ reached }) => reached,
    hold: (state) => {
      state.moves = [];
    },
    move: (state, random) => {
      state.goal = this.otherGoal(state.goal, random);
    },
  };
  private readonly goalCells: readonly number[];
  /** What each action adds to the agent's cell. */
  readonly moves: readonly number[];
  private readonly around: readonly number[];

  /**
   * @param walls other walls than the usual ones, 1 for a wall, by cell; the outer ones must be there, in the centre none
   * @throws RangeError for a maze that there is not
   */
  constructor(
    readonly options: MazeOptions,
    walls?: ArrayLike<number>,
  ) {
    checkMaze(options);
    const { size, steps, goalInCentre } = options;
    this.size = size;
    this.steps = steps;
    // A shift: a division would make a float of it, and of every cell that follows from it, which would be allocated.
    const middle = (size - 1) >> 1;
    this.centre = middle * size + middle;
    const place = (cell: number) => [Math.floor(cell / size), cell % size] as const;
    const outer = (cell: number) => place(cell).some((at) => at === 0 || at === size - 1);
    const pillar = (cell: number) => place(cell).every((at) => at % 2 === 0) && cell !== this.centre;
    this.walls = Uint8Array.from({ length: size * size }, (_, cell) => {
      return walls ? Number(walls[cell] === 1) : Number(outer(cell) || pillar(cell));
    });
    const hole = [...this.walls.keys()].find((cell) => outer(cell) && !this.walls[cell]);
    if (hole !== undefined || this.walls[this.centre] || (walls && walls.length !== size * size)) {
      throw new RangeError(
        `maze: walls must be ${size} x ${size} cells, all outer ones walls and the centre ${this.centre} none, got ` +
          (hole === undefined ? `${walls!.length} cells` : `a hole in the outer wall, at cell ${hole}`),
      );
    }
    this.free = [...this.walls.keys()].filter((cell) => !this.walls[cell]);
    this.goalCells = goalInCentre ? this.free : this.free.filter((cell) => cell !== this.centre);
    this.moves = [-size, size, -1, 1];
    this.around = [-1, 0, 1].flatMap((row) => [-1, 0, 1].map((column) => row * size + column));
    this.limits = mazeLimits(this, this.goalCells);
  }

  reset(random: Random): MazeState {
    const goal = this.goalCells[random.integer(this.goalCells.length)]!;
    const moves = this.drawnMoves(goal, random);
    return { agent: this.centre, goal, moves, time: 0, action: -1, reward: 0, found: 0, reached: -1, random };
  }

  /** Where the goal goes in an episode, and when: each time to another cell than where it was. */
  private drawnMoves(first: number, random: Random): GoalMove[] {
    const { goalMoves = 0 } = this.options;
    if (goalMoves === 0) return [];
    const times = random.choose(goalMoves, this.steps - 1).map((step) => step + 1);
    let goal = first;
    return times
      .sort((a, b) => a - b)
      .map((after) => {
        goal = this.otherGoal(goal, random);
        return { after, goal };
      });
  }

  private otherGoal(goal: number, random: Random): number {
    const { goalCells } = this;
    const drawn = goalCells[random.integer(goalCells.length - 1)]!;
    return drawn === goal ? goalCells.at(-1)! : drawn;
  }

  observe(state: MazeState, into: { [index: number]: number }, at: number): void {
    const { walls, around } = this;
    const { agent, action } = state;
    for (let k = 0; k < NEIGHBOURS; k++) into[at + k] = walls[agent + around[k]!]!;
    const rest = at + NEIGHBOURS;
    into[rest] = 1;
    into[rest + 1] = state.time / this.steps;
    into[rest + 2] = state.reward;
    for (let k = 0; k < ACTIONS; k++) into[rest + 3 + k] = k === action ? 1 : 0;
  }

  step(state: MazeState, action: number): number {
    const move = this.moves[action];
    if (move === undefined) {
      throw new RangeError(`maze.step: action must be 0 to ${ACTIONS - 1}, got ${action}`);
    }
    if (state.time >= this.steps) {
      throw new RangeError(`maze.step: the episode ended after ${this.steps} steps; reset begins another`);
    }
    const { reward, bumpCost } = this.options;
    const next = state.agent + move;
    const bumped = this.walls[next] === 1;
    if (!bumped) state.agent = next;
    state.reached = state.agent;
    // 0 - 0, not -0, which is no small integer and would be allocated at every step.
    state.reward = bumped ? 0 - bumpCost : 0;
    if (state.agent === state.goal) {
      state.reward += reward;
      state.found++;
      state.agent = this.elsewhere(state);
    }
    state.time++;
    state.action = action;
    const { moves } = state;
    for (let k = 0; k < moves.length; k++) {
      if (moves[k]!.after === state.time) state.goal = moves[k]!.goal;
    }
    return state.reward;
  }

  /** The mean reward of somebody who knows the goal and the shortest ways. */
  get ceiling(): number {
    return this.limits.ceiling;
  }

  /**
   * `reward`: the sum; `ceilingShare`: of what an all-knowing agent gets on average, `explorerShare`: of what a greedy
   * explorer gets; `firstFind`: steps until the goal is first found, and `return`: the median number of steps from being put
   * elsewhere to finding it again. Both are the length of the episode where it does not happen. The way that the end of the
   * episode cuts off counts too, as long as it was by then, if that is longer than the median of the others: a shorter one
   * says nothing of how long it would have been.
   */
  measure(state: MazeState, rewards: ArrayLike<number>): Record<string, number> {
    const found: number[] = [];
    let total = 0;
    for (let t = 0; t < this.steps; t++) {
      total += rewards[t]!;
      if (rewards[t]! > 0) found.push(t + 1);
    }
    const ways = found.slice(1).map((step, k) => step - found[k]!);
    const cutOff = this.steps - (found.at(-1) ?? this.steps);
    if (ways.length > 0 && cutOff > median(ways)) ways.push(cutOff);
    return {
      reward: total,
      ceilingShare: total / this.limits.ceiling,
      explorerShare: total / this.limits.explorer,
      found: state.found,
      firstFind: found[0] ?? this.steps,
      return: ways.length > 0 ? median(ways) : this.steps,
    };
  }

  /** Steps from each cell to `goal`, the shortest way; -1 for walls. */
  distances(goal: number): Int32Array {
    const distance = new Int32Array(this.walls.length).fill(-1);
    distance[goal] = 0;
    const queue = [goal];
    for (const cell of queue) {
      for (const move of this.moves) {
        const next = cell + move;
        if (this.walls[next] || distance[next] !== -1) continue;
        distance[next] = distance[cell]! + 1;
        queue.push(next);
      }
    }
    return distance;
  }

  private elsewhere({ goal, random }: MazeState): number {
    const { free } = this;
    if (this.options.teleportOntoGoal) return free[random.integer(free.length)]!;
    const drawn = random.integer(free.length - 1);
    // The goal is left out: the free cells after it move up by one place.
    return free[drawn]! < goal ? free[drawn]! : free[drawn + 1]!;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
