import type { Remote } from "comlink";
import type { Fields, History, Inside, MatrixName, Overview } from "../../worker/inside.js";
import type { MemoryWorker } from "../../worker/memory.js";
import { inWords } from "../failure.js";
import { PIXELS } from "../pixels.js";

/** Blocks along a side of the overviews: 5 x 5 connections each. */
export const BLOCKS = 205;
const PER_BLOCK = 5;

/** A connection: the neuron that sends, and the one that receives. */
export interface Synapse {
  readonly pre: number;
  readonly post: number;
}

/** All that the section shows. */
export interface View {
  readonly about: Inside["about"] | null;
  readonly step: number;
  readonly overview: Overview | null;
  readonly fields: Fields | null;
  /** Whose fields they are. */
  readonly neuron: number;
  readonly synapse: Synapse | null;
  readonly history: History | null;
  readonly failure: string;
}

/** What a visitor has chosen, and an address keeps: a neuron, and a connection as "pre-post", or "". */
interface Chosen {
  neuron: number;
  synapse: string;
}

type Lookable = Pick<MemoryWorker, "look" | "overview" | "fields" | "synapse">;
type Memories = Lookable | Pick<Remote<MemoryWorker>, keyof Lookable>;

/** What the section Look inside knows and does; `changed` hears of every new view. */
export class Looking {
  view: View;
  /** The latest question of each kind: answers to those before it come too late. */
  private readonly asked = { overview: 0, fields: 0, history: 0 };
  /** The pixel that the pointer is over. */
  private over: number | null = null;

  constructor(
    private readonly worker: Memories,
    private readonly chosen: Chosen,
    private readonly changed: (view: View) => void,
  ) {
    this.view = {
      about: null,
      step: 0,
      overview: null,
      fields: null,
      neuron: chosen.neuron,
      synapse: null,
      history: null,
      failure: "",
    };
  }

  /** A new life is looked into, at its end. */
  open(): Promise<void> {
    return this.said(async () => {
      const about = await this.worker.look();
      this.set({ about, step: about.steps });
      await this.show();
      await this.showChosen();
    });
  }

  /** Another moment of the life. */
  async to(step: number): Promise<void> {
    const { about } = this.view;
    if (!about) return;
    this.set({ step: Math.max(0, Math.min(about.steps, step)) });
    await this.said(() => this.show());
  }

  /** The pointer is over a pixel, or has left: then it is the chosen one's again. */
  async point(pixel: number | null): Promise<void> {
    this.over = pixel;
    if (!this.view.about) return;
    await this.said(() => this.showFields(pixel ?? this.chosen.neuron));
  }
  async choose(pixel: number): Promise<void> {
    Object.assign(this.chosen, { neuron: pixel, synapse: "" });
    if (!this.view.about) return;
    await this.said(async () => {
      await this.showFields(pixel);
      await this.showChosen();
    });
  }

  async pick(synapse: Synapse): Promise<void> {
    this.chosen.synapse = `${synapse.pre}-${synapse.post}`;
    if (!this.view.about) return;
    await this.said(() => this.showHistory(synapse));
  }
  /** A connection of the block of an overview. */
  async pickBlock(row: number, column: number): Promise<void> {
    const middle = (block: number) => Math.min(PIXELS - 1, block * PER_BLOCK + 2);
    await this.pick({ pre: middle(row), post: middle(column) });
  }

  async reset(neuron: number): Promise<void> {
    Object.assign(this.chosen, { neuron, synapse: "" });
    if (!this.view.about) return;
    this.set({ step: this.view.about.steps });
    await this.said(async () => {
      await this.show();
      await this.showChosen();
    });
  }

  private async show(): Promise<void> {
    const mine = ++this.asked.overview;
    const overview = await this.worker.overview(this.view.step, BLOCKS);
    if (mine !== this.asked.overview) return;
    this.set({ overview });
    await this.showFields(this.over ?? this.chosen.neuron);
  }
  private async showFields(neuron: number): Promise<void> {
    const mine = ++this.asked.fields;
    const fields = await this.worker.fields(this.view.step, neuron);
    if (mine === this.asked.fields) this.set({ fields, neuron });
  }
  private async showHistory(synapse: Synapse): Promise<void> {
    const mine = ++this.asked.history;
    const history = await this.worker.synapse(synapse.pre, synapse.post);
    if (mine === this.asked.history) this.set({ synapse, history });
  }

  /** The connection that the visitor has chosen, or that to the chosen neuron that learning has changed most. */
  private async showChosen(): Promise<void> {
    const { neuron, synapse } = this.chosen;
    const given = synapseFrom(synapse);
    if (given) return this.showHistory(given);
    const mine = ++this.asked.history;
    const { alpha, H } = await this.worker.fields(this.view.step, neuron);
    // A visitor may have picked a connection, or another neuron, meanwhile.
    if (mine !== this.asked.history) return;
    const change = (k: number) => Math.abs(alpha.incoming[k]! * H.incoming[k]!);
    let best = 0;
    for (let k = 1; k < PIXELS; k++) if (change(k) > change(best)) best = k;
    await this.showHistory({ pre: best, post: neuron });
  }

  /** A failure is said in words until something works again. */
  private async said(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.view.failure) this.set({ failure: "" });
    } catch (error) {
      this.set({ failure: inWords(error) });
    }
  }
  private set(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    this.changed(this.view);
  }
}

/** A connection as an address has it: two neurons that there are, the bias neuron among them; or null. */
export function synapseFrom(text: string): Synapse | null {
  const match = /^(\d{1,4})-(\d{1,4})$/.exec(text);
  if (!match) return null;
  const [pre, post] = [Number(match[1]), Number(match[2])];
  return pre <= PIXELS && post <= PIXELS ? { pre, post } : null;
}

/** The blocks' row and column of a neuron. */
export const blockOf = (neuron: number): number => Math.floor(neuron / PER_BLOCK);

/** The picture shown at a step, or last before it; -1 before the first. And whether it is silent just then. */
export function shownAt(schedule: ArrayLike<number>, step: number): { picture: number; silent: boolean } {
  for (let k = step - 1; k >= 0; k--)
    if (schedule[k]! >= 0) return { picture: schedule[k]!, silent: k < step - 1 };
  return { picture: -1, silent: true };
}

/** The largest distance from 0 in what a neuron hears and says. */
export const limitOf = (fields: Fields | null, name: MatrixName): number =>
  fields
    ? [...fields[name].incoming, ...fields[name].outgoing].reduce(
        (most, value) => Math.max(most, Math.abs(value)),
        0,
      )
    : 0;
