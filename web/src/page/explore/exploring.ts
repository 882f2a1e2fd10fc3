import type { Remote } from "comlink";
import type { AgentFrame, Curves, Exploration, ExplorationFrame, Place } from "../../worker/exploration.js";
import { inWords } from "../failure.js";
import { followed } from "../frames.js";
import { fresh, type Race, raced } from "./race.js";

/** Steps of a trail that are shown. */
const TRAIL = 36;
/** Of the light around a goal that was found, by step. */
const FADES = 0.12;

/** The two who search: the agent, and beside it the same one unable to learn, or a visitor. */
export type Who = "plastic" | "other";
/** What a press in the maze does. */
export type Tool = "goal" | "wall";

/** Where the goal was before it moved, and how often the agent has been at each place since. */
export interface Ghost {
  readonly cell: number;
  readonly since: number;
  readonly old: number;
  readonly new: number;
}

/** All that the section shows. */
export interface View {
  readonly place: Place | null;
  readonly frame: ExplorationFrame | null;
  /** Cells each came through, the latest last; -1 where it was put elsewhere. */
  readonly trails: Readonly<Record<Who, readonly number[]>>;
  /** How brightly the goal shines that was just found, 0 to 1. */
  readonly flash: Readonly<Record<Who, number>>;
  /** The modulator at each step of this episode. */
  readonly modulator: readonly number[];
  readonly ghost: Ghost | null;
  readonly race: Race | null;
  readonly curves: Curves | null;
  readonly running: boolean;
  readonly frozen: boolean;
  readonly tool: Tool;
  readonly perSecond: number;
  readonly failure: string;
}

/** The worker, or the same object without one. */
type Explorer = Remote<Exploration> | Exploration;

const beginning = {
  frame: null,
  trails: { plastic: [], other: [] },
  flash: { plastic: 0, other: 0 },
  modulator: [],
  ghost: null,
} as const satisfies Partial<View>;

/** What the section Explore knows and does; `changed` hears of every new view. */
export class Exploring {
  view: View;
  /** Steps a second. */
  speed = 14;
  private seed = 0;
  private ready = false;
  private last = 0;
  private laying = true;
  /** One step after another: none begins before the one before is done. */
  private busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly worker: Explorer,
    private readonly changed: (view: View) => void,
    running = true,
  ) {
    this.view = {
      ...beginning,
      place: null,
      race: null,
      curves: null,
      running,
      frozen: false,
      tool: "goal",
      perSecond: 0,
      failure: "",
    };
  }

  /** `answer`: what waits for the network, and fails where there is none. */
  async start(seed: number, answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
      await this.begin(seed);
      this.set({ curves: await this.worker.curves() });
    } catch (error) {
      this.set({ failure: inWords(error) });
    }
  }

  /** The first episode of a seed; in a race, with a visitor. */
  begin(seed: number, race = false): Promise<void> {
    this.seed = seed;
    return this.inTurn(async () => {
      this.ready = false;
      const place = await this.worker.reset(seed, race);
      this.set({ ...beginning, place, race: race ? fresh : null, frozen: false, tool: "goal", failure: "" });
      // In a race, both are in the middle until the visitor moves.
      if (!race) await this.step(null);
      this.ready = true;
    });
  }

  /** Once a screen frame: steps, as fast as is set. */
  tick = (now: number): Promise<void> => {
    if (!this.ready || !this.view.running || this.view.race || now - this.last < 1000 / this.speed - 4)
      return this.busy;
    this.last = now;
    return this.inTurn(async () => {
      // It may have been paused since, or a race begun.
      if (this.view.running && !this.view.race) await this.step(null);
    });
  };
  run(running: boolean): void {
    this.set({ running });
  }
  one(): Promise<void> {
    return this.inTurn(() => this.step(null));
  }

  /** A visitor's move in a race, 0 to 3: up, down, left, right. Into a wall it is none. */
  steer(action: number): Promise<void> {
    return this.inTurn(async () => {
      const { race, place, frame } = this.view;
      if (!race || race.over || !place) return;
      const from = frame?.other.agent ?? place.start;
      const to = from + [-place.size, place.size, -1, 1][action]!;
      if (place.walls[to]) return;
      await this.step(action);
    });
  }
  async race(): Promise<void> {
    await this.begin(this.seed + 1, true);
  }
  async watch(): Promise<void> {
    await this.begin(this.seed);
    this.set({ running: true });
  }

  choose(tool: Tool): void {
    this.set({ tool });
  }
  /** A cell was pressed, or came under a pointer that is held down. */
  pick(cell: number, dragging: boolean): Promise<void> {
    const { tool } = this.view;
    return this.inTurn(async () => {
      const { place, frame } = this.view;
      if (!place || this.view.race) return;
      if (tool === "wall") {
        if (!dragging) this.laying = place.walls[cell] === 0;
        this.set({ place: await this.worker.setWall(cell, this.laying) });
      } else if (!dragging && frame && !place.walls[cell] && cell !== frame.goal) {
        await this.worker.moveGoal(cell);
        this.set({ frame: { ...frame, goal: cell }, ghost: ghostOf(frame.goal) });
      }
    });
  }

  /** The agent's connections are left as they are, until somebody undoes it. */
  freeze(): Promise<void> {
    return this.inTurn(async () => {
      if (!this.view.place) return;
      const frozen = !this.view.frozen;
      await this.worker.freeze(frozen);
      this.set({ frozen });
    });
  }
  /** What the agent has learned is gone, on the screen too where nothing moves. */
  wipe(): Promise<void> {
    return this.inTurn(async () => {
      if (!this.view.place) return;
      const trace = await this.worker.wipe();
      if (this.view.frame) this.set({ frame: { ...this.view.frame, trace } });
    });
  }

  private async step(action: number | null): Promise<void> {
    const before = this.view.frame;
    const frame = await this.worker.frame(action);
    if (before && frame.episode !== before.episode) this.set(beginning);
    const { trails, flash, modulator, perSecond } = this.view;
    const goal = before && frame.episode === before.episode ? before.goal : frame.goal;
    const { plastic, other } = frame;
    this.set({
      frame,
      trails: { plastic: grown(trails.plastic, plastic), other: grown(trails.other, other) },
      flash: { plastic: shining(flash.plastic, plastic), other: shining(flash.other, other) },
      modulator: plastic.modulator === null ? modulator : [...modulator, plastic.modulator],
      ghost: this.followed(goal, frame),
      perSecond: followed(perSecond, 2000 / Math.max(0.02, frame.took), 0.03),
    });
    if (this.view.race) await this.judge(frame);
  }

  /** The old place of a goal that has moved by itself, or what the agent did since it moved. */
  private followed(goal: number, { goal: now, plastic }: ExplorationFrame): Ghost | null {
    if (goal !== now) return ghostOf(goal);
    const { ghost } = this.view;
    return (
      ghost && {
        ...ghost,
        since: ghost.since + 1,
        old: ghost.old + Number(plastic.reached === ghost.cell),
        new: ghost.new + Number(plastic.reward > 0),
      }
    );
  }

  private async judge(frame: ExplorationFrame): Promise<void> {
    const before = this.view.race!;
    const race = raced(before, frame.plastic.found, frame.other.found, frame.time >= frame.steps);
    this.set({ race });
    if (!race.moved || before.moved || race.over) return;
    const goal = await this.worker.moveGoal();
    this.set({ frame: { ...this.view.frame!, goal }, ghost: ghostOf(frame.goal) });
  }

  private set(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    this.changed(this.view);
  }
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.busy = this.busy.then(work).catch((error: unknown) => this.set({ failure: inWords(error) }));
    return this.busy;
  }
}

const ghostOf = (cell: number): Ghost => ({ cell, since: 0, old: 0, new: 0 });

/** A trail with a step more: to the cell that was stepped to, and from there to where it was put. */
const grown = (trail: readonly number[], { agent, reached, reward }: AgentFrame): readonly number[] =>
  (reward > 0 ? [...trail, reached, -1, agent] : [...trail, agent]).slice(-TRAIL);

const shining = (old: number, { reward }: AgentFrame): number => (reward > 0 ? 1 : Math.max(0, old - FADES));
