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
  /** The latest question: answers to those before it are too late. */
  private asked = 0;

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
  async open(): Promise<void> {
    await this.ask(async (late) => {
      const about = await this.worker.look();
      if (late()) return;
      this.set({ about, step: about.steps });
      await this.show(late);
      if (!late()) await this.pickStrongest(late);
    });
  }

  /** Another moment of the life. */
  async to(step: number): Promise<void> {
    if (!this.view.about) return;
    this.set({ step: Math.max(0, Math.min(this.view.about.steps, step)) });
    await this.ask((late) => this.show(late));
  }

  /** The pointer is over a pixel, or has left: then it is the chosen one's again. */
  async point(pixel: number | null): Promise<void> {
    const neuron = pixel ?? this.chosen.neuron;
    if (!this.view.about || neuron === this.view.neuron) return;
    await this.ask((late) => this.showFields(neuron, late));
  }
  async choose(pixel: number): Promise<void> {
    this.chosen.neuron = pixel;
    if (!this.view.about) return;
    await this.ask(async (late) => {
      await this.showFields(pixel, late);
      if (!late()) await this.pickStrongest(late);
    });
  }

  async pick(synapse: Synapse): Promise<void> {
    this.chosen.synapse = `${synapse.pre}-${synapse.post}`;
    await this.ask((late) => this.showSynapse(synapse, late));
  }
  /** A connection of the block of an overview. */
  async pickBlock(row: number, column: number): Promise<void> {
    const middle = (block: number) => Math.min(PIXELS - 1, block * PER_BLOCK + 2);
    await this.pick({ pre: middle(row), post: middle(column) });
  }

  async reset(neuron: number): Promise<void> {
    Object.assign(this.chosen, { neuron, synapse: "" });
    this.set({ step: this.view.about?.steps ?? 0 });
    await this.ask(async (late) => {
      await this.show(late);
      if (!late()) await this.pickStrongest(late);
    });
  }

  private async show(late: () => boolean): Promise<void> {
    const overview = await this.worker.overview(this.view.step, BLOCKS);
    if (late()) return;
    this.set({ overview });
    await this.showFields(this.chosen.neuron, late);
  }
  private async showFields(neuron: number, late: () => boolean): Promise<void> {
    const fields = await this.worker.fields(this.view.step, neuron);
    if (!late()) this.set({ fields, neuron });
  }
  private async showSynapse(synapse: Synapse, late: () => boolean): Promise<void> {
    const history = await this.worker.synapse(synapse.pre, synapse.post);
    if (!late()) this.set({ synapse, history });
  }

  /** The connection to the neuron that learning has changed most, unless the visitor has chosen one. */
  private async pickStrongest(late: () => boolean): Promise<void> {
    const given = synapseFrom(this.chosen.synapse);
    if (given) return this.showSynapse(given, late);
    const { fields } = this.view;
    if (!fields) return;
    const { alpha, H } = fields;
    const change = (k: number) => Math.abs(alpha.incoming[k]! * H.incoming[k]!);
    let best = 0;
    for (let k = 1; k < PIXELS; k++) if (change(k) > change(best)) best = k;
    await this.showSynapse({ pre: best, post: this.chosen.neuron }, late);
  }

  /** What was asked before is not waited for. A failure is said until something works again. */
  private async ask(work: (late: () => boolean) => Promise<void>): Promise<void> {
    const mine = ++this.asked;
    const late = () => mine !== this.asked;
    try {
      await work(late);
      if (!late() && this.view.failure) this.set({ failure: "" });
    } catch (error) {
      if (!late()) this.set({ failure: inWords(error) });
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
