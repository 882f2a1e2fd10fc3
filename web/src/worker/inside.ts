import { transfer } from "comlink";
import type { Life, Model } from "hebbian/lifetime";
import { PIXELS } from "../page/pixels.js";
import type { Schedule } from "./presentation.js";

/** Lives kept along the way, to come back to any moment in a few steps. */
const KEPT = 10;
const CONNECTION = "recurrent";

/** The four matrices of a plastic connection, in this order everywhere. */
export const matrices = ["w", "alpha", "H", "effective"] as const;
export type MatrixName = (typeof matrices)[number];

export interface Overview {
  /** [size, size] each: of every block the number that is furthest from 0. */
  readonly blocks: Readonly<Record<MatrixName, Float32Array>>;
  /** The largest distance from 0. */
  readonly limits: Readonly<Record<MatrixName, number>>;
}

/** What a pixel's neuron hears from each other pixel, and what it says to each: [1024]. */
export type Fields = Readonly<
  Record<MatrixName, { readonly incoming: Float32Array; readonly outgoing: Float32Array }>
>;

/** One connection through all of a life, a number a step; before the step's update for H, its `pre` and `post`. */
export interface History {
  readonly w: number;
  readonly alpha: number;
  readonly eta: number;
  /** The trace after each step, and what the two neurons did in it. */
  readonly H: Float32Array;
  readonly pre: Float32Array;
  readonly post: Float32Array;
}

/** A life that can be looked into at any of its moments. */
export class Inside {
  readonly about: { readonly steps: number; readonly neurons: number; readonly schedule: Schedule };
  private readonly w: Float32Array;
  private readonly alpha: Float32Array;
  private readonly neurons: number;
  /** Lives at every `apart` steps. */
  private readonly kept: Life[] = [];
  private readonly apart: number;
  /** The moment that was looked at last. */
  private now: { readonly step: number; readonly H: Float32Array; readonly effective: Float32Array } | null =
    null;

  constructor(
    private readonly model: Model,
    private readonly pictures: readonly Float32Array[],
    private readonly schedule: Schedule,
  ) {
    this.neurons = model.connections[0]!.pre;
    this.w = model.parameter(CONNECTION, "w").values;
    this.alpha = model.parameter(CONNECTION, "alpha").values;
    this.apart = Math.max(1, Math.ceil(schedule.length / KEPT));
    this.about = { steps: schedule.length, neurons: this.neurons, schedule };
    const life = model.begin();
    for (let step = 0; step < schedule.length; step++) {
      if (step % this.apart === 0) this.kept.push(life.fork());
      this.live(life, step);
    }
    this.kept.push(life);
  }

  overview(step: number, size: number): Overview {
    const { H, effective } = this.at(step);
    const all = { w: this.w, alpha: this.alpha, H, effective };
    const blocks = {} as Record<MatrixName, Float32Array>;
    const limits = {} as Record<MatrixName, number>;
    for (const name of matrices) {
      blocks[name] = furthest(all[name], this.neurons, size);
      limits[name] = blocks[name].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    }
    return transfer(
      { blocks, limits },
      matrices.map((name) => blocks[name].buffer),
    );
  }

  fields(step: number, pixel: number): Fields {
    const { neurons } = this;
    const { H, effective } = this.at(step);
    const all = { w: this.w, alpha: this.alpha, H, effective };
    const fields = matrices.map((name) => {
      const incoming = Float32Array.from({ length: PIXELS }, (_, i) => all[name][i * neurons + pixel]!);
      const outgoing = all[name].slice(pixel * neurons, pixel * neurons + PIXELS);
      return [name, { incoming, outgoing }] as const;
    });
    return Object.fromEntries(fields) as unknown as Fields;
  }

  history(pre: number, post: number): History {
    const { length } = this.schedule;
    const [H, before, after] = [new Float32Array(length), new Float32Array(length), new Float32Array(length)];
    const life = this.model.begin();
    let [w, alpha, eta] = [0, 0, 0];
    for (let step = 0; step < length; step++) {
      this.live(life, step);
      const synapse = life.synapse(CONNECTION, pre, post);
      H[step] = synapse.H!;
      before[step] = synapse.pre!;
      after[step] = synapse.post!;
      [w, alpha, eta] = [synapse.w!, synapse.alpha!, synapse.eta!];
    }
    life.end();
    return { w, alpha, eta, H, pre: before, post: after };
  }

  end(): void {
    for (const life of this.kept) life.end();
  }

  /** The trace and the effective weights after `step` steps. */
  private at(step: number) {
    if (this.now?.step === step) return this.now;
    const from = Math.min(Math.floor(step / this.apart), this.kept.length - 1);
    const last = step >= this.schedule.length;
    const life = (last ? this.kept.at(-1)! : this.kept[from]!).fork();
    if (!last) for (let k = from * this.apart; k < step; k++) this.live(life, k);
    this.now = { step, H: life.trace().values, effective: life.effective().values };
    life.end();
    return this.now;
  }

  private live(life: Life, step: number): void {
    life.step(this.pictures[this.schedule[step]!] ?? new Float32Array(PIXELS));
  }
}

/** A matrix [n, n] as [size, size]: of each block the number that is furthest from 0. */
function furthest(values: Float32Array, n: number, size: number): Float32Array {
  const blocks = new Float32Array(size * size);
  for (let i = 0; i < n; i++) {
    const row = Math.floor((i * size) / n) * size;
    for (let j = 0; j < n; j++) {
      const at = row + Math.floor((j * size) / n);
      const value = values[i * n + j]!;
      if (Math.abs(value) > Math.abs(blocks[at]!)) blocks[at] = value;
    }
  }
  return blocks;
}
