import type { Buffer, Captured, Device } from "../../devices/device.js";
import { Carry, rowCrossEntropies, Tape, type Tensor } from "../../tape/index.js";
import { type TextStreams, textStreams } from "../../tasks/index.js";
import type { TextModel, TextState } from "./model.js";

/** What goes on from one segment of a text to the next: all of a network's state, all but its traces, or nothing. */
export type Kept = "all" | "activity" | "nothing";

export interface JudgeLimits {
  /** At most so many segments; the whole text unless given. */
  readonly segments?: number;
  /** On abort: what was judged so far. */
  readonly signal?: { readonly aborted: boolean };
  pause(): Promise<void>;
}

export interface Judged {
  /** exp of the mean of -log p over all words; NaN of none. */
  readonly perplexity: number;
  readonly segments: number;
}

/**
 * What a language model is judged by: a text in `batch` streams, read once from its start, without dropout, in segments of `steps`
 * words. Every word counts once but the first of all; where there are several streams, not those that fill no row at the end.
 */
export class TextJudge {
  /** One word of each stream at a time. */
  private readonly words: TextStreams;

  /** @throws RangeError for a text of fewer than batch + 1 words; `name` is what it calls the text */
  constructor(
    private readonly device: Device,
    private readonly model: TextModel,
    tokens: Uint16Array,
    private readonly size: { readonly batch: number; readonly steps: number },
    name: string,
  ) {
    this.words = textStreams(tokens, { batch: size.batch, steps: 1 }, name);
  }

  async judge(kept: Kept, { segments: most = Infinity, signal, pause }: JudgeLimits): Promise<Judged> {
    const { device, model } = this;
    const { batch, steps } = this.size;
    const length = this.words.segments;
    const carry = new Carry(device);
    let reader = new Reader(device, model, batch, Math.min(steps, length), carry, kept);
    let [nats, words, segments] = [0, 0, 0];
    try {
      for (let at = 0; at < length && segments < most && !signal?.aborted; at += steps) {
        const now = Math.min(steps, length - at);
        if (reader.steps !== now) {
          // The last segment may be a shorter one.
          reader.release();
          reader = new Reader(device, model, batch, now, carry, kept);
        }
        nats += reader.read(this.words, at);
        words += now * batch;
        segments++;
        await pause();
      }
    } finally {
      reader.release();
      carry.release();
    }
    return { perplexity: Math.exp(nats / words), segments };
  }
}

/** Segments of one length, on a device that has seen one and repeats it. */
class Reader {
  private readonly inputs: Buffer;
  private readonly targets: Buffer;
  private captured: Captured | null = null;
  private losses: Tensor | null = null;

  constructor(
    private readonly device: Device,
    private readonly model: TextModel,
    private readonly batch: number,
    readonly steps: number,
    private readonly carry: Carry,
    private readonly kept: Kept,
  ) {
    this.inputs = device.allocate(steps * batch, 1);
    this.targets = device.allocate(steps * batch, 1);
  }

  /** The sum of -log p over the words `from` to `from + steps` of each stream. */
  read(words: TextStreams, from: number): number {
    const { device, batch, steps } = this;
    const [inputs, targets] = [new Float32Array(steps * batch), new Float32Array(steps * batch)];
    for (let t = 0; t < steps; t++) {
      const row = words.segment(from + t);
      inputs.set(row.inputs, t * batch);
      targets.set(row.targets, t * batch);
    }
    device.write(this.inputs, inputs);
    device.write(this.targets, targets);
    if (this.captured) this.captured.repeat();
    else this.captured = device.capture(() => this.segment());
    let nats = 0;
    for (const each of device.read(this.losses!.value)) nats += each;
    return nats;
  }

  private segment(): void {
    const { device, model, carry, kept, batch, steps } = this;
    const tape = new Tape(device, batch, false);
    const begun = resumed(model.begin(tape, steps), kept, (state) => carry.resume(tape, state));
    const { logits, state } = model.segment(tape, tape.input(this.inputs), begun);
    keep(state, kept, (each) => carry.keep(each));
    this.losses = rowCrossEntropies(tape, logits, tape.input(this.targets));
  }

  release(): void {
    this.captured?.release();
    this.device.release(this.inputs);
    this.device.release(this.targets);
  }
}

type Part = readonly Partial<TextState[number]>[];

/** A fresh state with what is kept in it from the segment before. */
function resumed(fresh: TextState, kept: Kept, resume: <State>(state: State) => State): TextState {
  const part = resume(partOf(fresh, kept));
  return fresh.map((each, k) => ({ ...each, ...part[k] }));
}

const keep = (state: TextState, kept: Kept, into: (state: Part) => void): void => into(partOf(state, kept));

function partOf(state: TextState, kept: Kept): Part {
  if (kept === "all") return state;
  if (kept === "nothing") return [];
  return state.map(({ traces: _, inputTraces: __, ...activity }) => activity);
}
