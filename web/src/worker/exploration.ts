import { transfer } from "comlink";
import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { Maze, type MazeState, mazeText, type Random, random } from "hebbian/tasks";
import { MOVES_AT } from "./goalMoves.js";

/** The maze that the agents were trained in: the goal moves once in a life. */
const options = { ...mazeText, goalMoves: 1 };
/** Episodes that a mean over episodes is taken of. */
const EPISODES = 40;

/** What one of those who search the goal did in a step. */
export interface AgentFrame {
  /** The cell it is in now, and that it stepped to before: another where it found the goal there, and was put elsewhere. */
  readonly agent: number;
  readonly reached: number;
  readonly reward: number;
  readonly found: number;
  /** What the agent's own neuromodulator says; null for a visitor. */
  readonly modulator: number | null;
}

export interface ExplorationFrame {
  readonly time: number;
  readonly steps: number;
  readonly episode: number;
  readonly goal: number;
  readonly plastic: AgentFrame;
  /** The same network with its plasticity cut, or a visitor. */
  readonly other: AgentFrame;
  /** The plastic network's trace, [neurons, neurons]. */
  readonly trace: Float32Array;
  readonly neurons: number;
  readonly took: number;
}

export interface Place {
  readonly size: number;
  /** 1 for each cell that is a wall. */
  readonly walls: Uint8Array;
  readonly start: number;
}

/** Mean reward of each step of an episode whose goal moves at step `MOVES_AT`. */
export interface Curves {
  readonly plastic: Float32Array;
  readonly still: Float32Array;
}

interface Seeker {
  readonly life: Life;
  readonly dice: Random;
  readonly world: MazeState;
}

/** Two who look for the same goal in the same maze: an agent whose connections learn, and one whose do not, or a visitor. */
export class Exploration {
  private maze = new Maze(options);
  private model: Model | null = null;
  private seekers: readonly [Seeker, Seeker] | null = null;
  private seed = 0;
  private episode = 0;
  /** In a race a visitor takes the other's place, and the goal moves when somebody has found it often enough. */
  private racing = false;
  private frozen = false;

  async load(source: string | Uint8Array): Promise<void> {
    this.model = await loadModel(source);
  }

  /** The first episode of a seed, in the maze as it was, with a memory that may write. */
  reset(seed: number, racing = false): Place {
    this.seed = seed;
    this.episode = 0;
    this.frozen = false;
    this.racing = racing;
    this.maze = new Maze(options);
    this.begin();
    return this.place();
  }

  /** Both take a step: the other, in a race, the one that the visitor chose. */
  frame(action: number | null = null): ExplorationFrame {
    const began = performance.now();
    if (this.now()[0].world.time >= this.maze.steps && !this.racing) {
      this.episode++;
      this.begin();
    }
    const [plastic, other] = this.now();
    const acted = this.act(plastic);
    const beside = this.racing && action !== null ? this.move(other, action) : this.act(other);
    return this.shown(acted, beside, performance.now() - began);
  }

  /** Puts the goal into a cell, for both; elsewhere at random without one. A wall cannot be the goal, nor where one stands. */
  moveGoal(cell: number | null = null): number {
    const [{ world }, { world: other }] = this.now();
    if (cell === null) this.maze.goals.move(world, random(this.seed, "move", world.time));
    else if (!this.maze.walls[cell]) world.goal = cell;
    other.goal = world.goal;
    // It has moved now, and moves no more by itself in this life.
    this.maze.goals.hold(world);
    this.maze.goals.hold(other);
    return world.goal;
  }

  /** Builds a wall, or takes one away; outer ones, the centre, the goal's and the agents' cells stay as they are. */
  setWall(cell: number, wall: boolean): Place {
    const { size, centre, walls } = this.maze;
    const [row, column] = [Math.floor(cell / size), cell % size];
    const outer = row === 0 || column === 0 || row === size - 1 || column === size - 1;
    const taken = this.now().some(({ world }) => world.agent === cell || world.goal === cell);
    if (!outer && cell !== centre && !taken) {
      this.maze = new Maze(options, walls.with(cell, wall ? 1 : 0));
      this.outOfWalls();
    }
    return this.place();
  }

  /** Until it is undone, in later episodes too. */
  freeze(frozen: boolean): void {
    this.frozen = frozen;
    const { life } = this.now()[0];
    if (frozen) life.freeze();
    else life.thaw();
  }

  /** Takes from the plastic agent all that it has learned in this episode; the answer is its trace. */
  wipe(): Float32Array {
    const { life } = this.now()[0];
    life.reset();
    if (this.frozen) life.freeze();
    const { values } = life.trace();
    return transfer(values, [values.buffer]);
  }

  /** Over fresh episodes in the untouched maze. */
  async curves(): Promise<Curves> {
    return { plastic: await this.meanRewards(true), still: await this.meanRewards(false) };
  }

  private async meanRewards(plastic: boolean): Promise<Float32Array> {
    const model = this.model!;
    const maze = new Maze(mazeText);
    const life = model.begin({ batch: EPISODES });
    if (!plastic) life.freeze();
    const worlds = Array.from({ length: EPISODES }, (_, b) => maze.reset(random(this.seed, "curve", b)));
    const dice = random(this.seed, "curve actions", 0);
    const seen = new Float32Array(EPISODES * maze.observations);
    const mean = new Float32Array(maze.steps);
    for (let t = 0; t < maze.steps; t++) {
      // Whoever is watched goes on walking meanwhile.
      await new Promise((resolve) => setTimeout(resolve));
      worlds.forEach((world, b) => {
        if (t === MOVES_AT) maze.goals.move(world, random(this.seed, "curve move", b));
        maze.observe(world, seen, b * maze.observations);
      });
      const heard = life.step(seen);
      worlds.forEach((world, b) => {
        mean[t]! += maze.step(world, choose(heard, b * model.outputs, maze.actions, dice)) / EPISODES;
      });
    }
    life.end();
    return mean;
  }

  private begin(): void {
    for (const { life } of this.seekers ?? []) life.end();
    const seeker = (): Seeker => {
      const world = this.maze.reset(random(this.seed, "goal", this.episode));
      if (this.racing) this.maze.goals.hold(world);
      return { life: this.model!.begin(), world, dice: random(this.seed, "actions", this.episode) };
    };
    this.seekers = [seeker(), seeker()];
    const [plastic, other] = this.seekers;
    other.life.freeze();
    if (this.frozen) plastic.life.freeze();
    this.outOfWalls();
  }

  /** A goal, or its next place, inside a wall that somebody has drawn is found by nobody: take the next free cell. */
  private outOfWalls(): void {
    const { walls, free } = this.maze;
    const freed = (goal: number) => (walls[goal] ? (free.find((cell) => cell > goal) ?? free[0]!) : goal);
    for (const { world } of this.now()) {
      world.goal = freed(world.goal);
      world.moves = world.moves.map(({ after, goal }) => ({ after, goal: freed(goal) }));
    }
  }

  private act(seeker: Seeker): AgentFrame {
    const { maze } = this;
    const { life, world, dice } = seeker;
    const seen = new Float32Array(maze.observations);
    maze.observe(world, seen, 0);
    const action = choose(life.step(seen), 0, maze.actions, dice);
    return { ...this.move(seeker, action), modulator: life.value("modulator")[0]! };
  }

  private move({ world }: Seeker, action: number): AgentFrame {
    const reward = this.maze.step(world, action);
    return { agent: world.agent, reached: world.reached, reward, found: world.found, modulator: null };
  }

  private shown(plastic: AgentFrame, other: AgentFrame, took: number): ExplorationFrame {
    const { life, world } = this.now()[0];
    const trace = life.trace();
    const frame = {
      time: world.time,
      steps: this.maze.steps,
      episode: this.episode,
      goal: world.goal,
      plastic,
      other,
      trace: trace.values,
      neurons: trace.rows,
      took,
    };
    return transfer(frame, [trace.values.buffer]);
  }

  private now(): readonly [Seeker, Seeker] {
    if (!this.seekers) throw new Error("no episode has begun; call reset first");
    return this.seekers;
  }
  private place(): Place {
    return { size: this.maze.size, walls: this.maze.walls.slice(), start: this.maze.centre };
  }
}

/** An action drawn from the softmax of its logits. */
function choose(heard: Float32Array, at: number, actions: number, dice: Random): number {
  const logits = heard.subarray(at, at + actions);
  const largest = Math.max(...logits);
  const shares = Array.from(logits, (logit) => Math.exp(logit - largest));
  let left = dice.uniform() * shares.reduce((sum, share) => sum + share, 0);
  let action = 0;
  while (action < actions - 1 && left >= shares[action]!) left -= shares[action++]!;
  return action;
}

export type ExplorationWorker = Exploration;
export const exploration = new Exploration();
