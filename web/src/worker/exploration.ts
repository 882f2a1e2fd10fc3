import { transfer } from "comlink";
import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { Maze, type MazeState, maze9, type Random, random } from "hebbian/tasks";

/** Episodes that a mean over episodes is taken of. */
const EPISODES = 60;

/** What one of the two agents did in a step. */
export interface AgentFrame {
  /** Cells it was in from the step before to now: two, or three where it found the goal and was put elsewhere. */
  readonly agent: number;
  readonly jumped: boolean;
  readonly reward: number;
  readonly found: number;
  /** Its neuromodulator; null where it has none. */
  readonly modulator: number | null;
}

export interface ExplorationFrame {
  readonly time: number;
  readonly steps: number;
  readonly episode: number;
  readonly goal: number;
  readonly plastic: AgentFrame;
  readonly plain: AgentFrame;
  /** The plastic network's trace, [neurons, neurons]. */
  readonly trace: Float32Array;
  readonly neurons: number;
  readonly frozen: boolean;
  readonly took: number;
}

interface Agent {
  readonly life: Life;
  readonly modulated: boolean;
  world: MazeState;
  dice: Random;
}

/** Two agents in the same maze, looking for the same goal: one whose connections learn, and one whose do not. */
class Exploration {
  private maze = new Maze(maze9);
  private models: readonly Model[] = [];
  private agents: readonly Agent[] = [];
  private seed = 0;
  private episode = 0;

  async load(plastic: string, plain: string): Promise<void> {
    this.models = await Promise.all([loadModel(plastic), loadModel(plain)]);
  }

  /** The first episode of a seed. The answer is the maze: its size, and 1 for each cell that is a wall. */
  reset(seed: number): { size: number; walls: Uint8Array } {
    this.seed = seed;
    this.episode = 0;
    this.maze = new Maze(maze9);
    this.begin();
    return this.place();
  }

  frame(): ExplorationFrame {
    const began = performance.now();
    if (this.agents[0]!.world.time >= this.maze.steps) {
      this.episode++;
      this.begin();
    }
    const [plastic, plain] = this.agents.map((agent) => this.act(agent)) as [AgentFrame, AgentFrame];
    const { life, world } = this.agents[0]!;
    const trace = life.trace();
    const frame: ExplorationFrame = {
      time: world.time,
      steps: this.maze.steps,
      episode: this.episode,
      goal: world.goal,
      plastic,
      plain,
      trace: trace.values,
      neurons: trace.rows,
      frozen: life.frozen,
      took: performance.now() - began,
    };
    return transfer(frame, [trace.values.buffer]);
  }

  /** Puts the goal elsewhere, for both. A wall cannot be the goal. */
  moveGoal(goal: number): void {
    if (this.maze.walls[goal]) return;
    for (const agent of this.agents) agent.world = { ...agent.world, goal };
  }

  /** Builds a wall, or takes one away; outer ones, the centre, the goal's and the agents' cells stay as they are. */
  setWall(cell: number, wall: boolean): { size: number; walls: Uint8Array } {
    const { size, centre, walls } = this.maze;
    const [row, column] = [Math.floor(cell / size), cell % size];
    const outer = row === 0 || column === 0 || row === size - 1 || column === size - 1;
    const taken = this.agents.some(({ world }) => world.agent === cell || world.goal === cell);
    if (!outer && cell !== centre && !taken) {
      this.maze = new Maze(maze9, walls.with(cell, wall ? 1 : 0));
    }
    return this.place();
  }

  freeze(frozen: boolean): void {
    const { life } = this.agents[0]!;
    if (frozen) life.freeze();
    else life.thaw();
  }

  /** Takes from the plastic agent all that it has learned in this episode. */
  wipe(): void {
    const { life } = this.agents[0]!;
    const { frozen } = life;
    life.reset();
    if (frozen) life.freeze();
  }

  /** Mean reward of each step of an episode in the untouched maze, over fresh episodes: plastic, plain. */
  curves(): { plastic: Float32Array; plain: Float32Array } {
    const [plastic, plain] = this.models.map((model) => this.meanRewards(model)) as [
      Float32Array,
      Float32Array,
    ];
    return { plastic, plain };
  }

  private meanRewards(model: Model): Float32Array {
    const maze = new Maze(maze9);
    const life = model.begin({ batch: EPISODES });
    const worlds = Array.from({ length: EPISODES }, (_, b) => maze.reset(random(this.seed, "curve", b)));
    const dice = random(this.seed, "curve actions", 0);
    const seen = new Float32Array(EPISODES * maze.observations);
    const mean = new Float32Array(maze.steps);
    for (let t = 0; t < maze.steps; t++) {
      worlds.forEach((world, b) => {
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
    for (const { life } of this.agents) life.end();
    this.agents = this.models.map((model) => ({
      life: model.begin(),
      modulated: model.values.includes("modulator"),
      world: this.maze.reset(random(this.seed, "goal", this.episode)),
      dice: random(this.seed, "actions", this.episode),
    }));
    // A goal inside a wall that somebody has drawn, or beyond the walls, is found by nobody: take the next free cell.
    const { goal } = this.agents[0]!.world;
    if (this.maze.walls[goal])
      this.moveGoal(this.maze.free.find((cell) => cell > goal) ?? this.maze.free[0]!);
  }

  private act(agent: Agent): AgentFrame {
    const { maze } = this;
    const { life, world, dice, modulated } = agent;
    const seen = new Float32Array(maze.observations);
    maze.observe(world, seen, 0);
    const action = choose(life.step(seen), 0, maze.actions, dice);
    const found = world.found;
    const reward = maze.step(world, action);
    return {
      agent: world.agent,
      jumped: world.found > found,
      reward,
      found: world.found,
      modulator: modulated ? life.value("modulator")[0]! : null,
    };
  }

  private place(): { size: number; walls: Uint8Array } {
    return { size: this.maze.size, walls: this.maze.walls.slice() };
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
