import type { Buffer, Device } from "../../devices/device.js";
import { Dropout } from "../../layers/index.js";
import { Carry, defineMap, map, rowCrossEntropies, sum, Tape, type Tensor } from "../../tape/index.js";
import { random, type TextStreams, textStreams } from "../../tasks/index.js";
import {
  type Between,
  type Carried,
  type LivedEpisode,
  type TrainableModel,
  tracesOf,
} from "../../training/index.js";
import { TextJudge } from "./judge.js";
import { TextModel, type TextModelOptions } from "./model.js";

/** A text as numbers. */
export interface TokenTexts {
  readonly name: string;
  readonly vocabulary: number;
  readonly train: Uint16Array;
  readonly valid: Uint16Array;
  readonly test: Uint16Array;
}

export interface TextTrainingOptions extends TextModelOptions {
  /** Streams of the text that are read side by side. */
  readonly batch: number;
  /** Words of each stream in a segment: what gradients go back through. */
  readonly steps: number;
  readonly lr: number;
  /** When the rate falls: with every epoch from one on, or whenever the validation text's perplexity did not. */
  readonly anneal: "epoch" | "validation";
  readonly decay: number;
  readonly decayAfter: number;
  readonly clipNorm: number;
  readonly weightDecay: number;
  readonly dropout: number;
  readonly dropoutInput: number;
}

/** Training text in streams; an episode is a segment of one of them. */
export const trainingStreams = (
  { name, train }: Pick<TokenTexts, "name" | "train">,
  { batch, steps }: Pick<TextTrainingOptions, "batch" | "steps">,
): TextStreams => textStreams(train, { batch, steps }, `${name}, training text`);

const scaled = defineMap(["total", "share"], { loss: "share * total" });

/**
 * A language model that reads a text again and again: continuous streams, backpropagation through segments of them, state and traces
 * carried from segment to segment and begun afresh with every epoch (Zaremba et al. 2014, arXiv 1409.2329). The loss is the sum over a
 * segment's steps of the mean over streams, as published rates and clips are meant.
 *
 * @throws RangeError for a text too short for streams and segments of these sizes
 */
export class TextTraining implements TrainableModel {
  readonly batch: number;
  readonly sgd: TrainableModel["sgd"];
  readonly carried: Carried;
  private readonly model: TextModel;
  private readonly streams: { readonly train: TextStreams; readonly test: TextStreams };
  private readonly valid: TextJudge;
  private readonly tests: TextJudge;
  private readonly carry: Carry;
  private readonly inputs: Buffer;
  private readonly targets: Buffer;
  private readonly dropouts: readonly Dropout[];
  /** Of the validation text so far, to float32 as checkpoints have it; 0 before the first. */
  private best = 0;

  constructor(
    private readonly device: Device,
    texts: TokenTexts,
    private readonly options: TextTrainingOptions,
    seed: number,
  ) {
    const { batch, steps, lr, clipNorm, weightDecay, anneal, decay, decayAfter } = options;
    const size = { batch, steps };
    this.batch = batch;
    this.streams = {
      train: trainingStreams(texts, size),
      test: textStreams(texts.test, size, `${texts.name}, test text`),
    };
    this.model = new TextModel(device, texts.vocabulary, options, seed);
    this.valid = new TextJudge(device, this.model, texts.valid, size, `${texts.name}, validation text`);
    this.tests = new TextJudge(
      device,
      this.model,
      texts.test,
      { batch: 1, steps },
      `${texts.name}, test text`,
    );
    const every = this.streams.train.segments;
    this.sgd = {
      ...{ lr, clipNorm, weightDecay },
      ...(anneal === "epoch" && { schedule: { every, factor: decay, after: (decayAfter - 1) * every } }),
    };
    this.carry = new Carry(device);
    this.carried = { read: () => this.readCarried(), write: (stored) => this.writeCarried(stored) };
    this.inputs = device.allocate(steps * batch, 1);
    this.targets = device.allocate(steps * batch, 1);
    const inputs = [this.model.table.shape[1], ...this.model.cells.map(({ neurons }) => neurons)];
    this.dropouts = inputs.map(
      (cols, k) => new Dropout(device, steps * batch, cols, k === 0 ? options.dropoutInput : options.dropout),
    );
  }

  get parameters() {
    return this.model.parameters;
  }
  get rules() {
    return this.model.rules;
  }
  get network() {
    return this.model.network;
  }

  prepare(split: "train" | "test", seed: number, first: number) {
    const { device, batch, options, carry } = this;
    const streams = this.streams[split];
    const number = Math.floor(first / batch);
    const at = number % streams.segments;
    const { inputs, targets } = streams.segment(at);
    device.write(this.inputs, Float32Array.from(inputs));
    device.write(this.targets, Float32Array.from(targets));
    if (split === "train") {
      if (at === 0) carry.reset();
      const rng = random(seed, "dropout", number);
      for (const dropout of this.dropouts) if (dropout.rate > 0) dropout.draw(rng);
    }
    return {
      // [steps * batch, 1]: -log p of each word. A batch is one text: its perplexity is every stream's.
      measure: (nats: ArrayLike<number>) => {
        const total = Array.from(nats).reduce((all, each) => all + each, 0);
        const perplexity = Math.exp(total / (options.steps * batch));
        return Array.from({ length: batch }, () => ({ perplexity }));
      },
    };
  }

  /** While training, from where the batch before ended; else from the start of an episode. */
  live(tape: Tape): LivedEpisode {
    const { model, carry, dropouts } = this;
    const fresh = model.begin(tape, this.options.steps);
    const begun = tape.recording ? carry.resume(tape, fresh) : fresh;
    const { logits, state } = model.segment(tape, tape.input(this.inputs), begun, (_, x, layer) =>
      dropouts[layer]!.apply(tape, x),
    );
    if (tape.recording) carry.keep(state);
    const losses = rowCrossEntropies(tape, logits, tape.input(this.targets));
    return {
      loss: this.summed(tape, losses),
      outputs: [losses],
      traces: () => tracesOf(tape, model.cell, state as never),
    };
  }

  private summed(tape: Tape, losses: Tensor): Tensor {
    return map(tape, scaled, [sum(tape, losses), tape.filled(1, 1, 1 / this.batch)])[0]!;
  }

  /** After each epoch: the validation text, and what follows from it for the learning rate. */
  async between({ episode, optimizer, pause }: Between): Promise<Record<string, number>> {
    if (episode % (this.streams.train.segments * this.batch) !== 0) return {};
    const { perplexity } = await this.valid.judge("all", { pause });
    const { anneal, decay } = this.options;
    const now = Math.fround(perplexity);
    if (this.best === 0 || now < this.best) this.best = now;
    else if (anneal === "validation") optimizer.annealed *= decay;
    return { "perplexity.valid": perplexity };
  }

  /**
   * The test text, word after word in one stream: state and traces carried through it, as published; the traces begun afresh with
   * every segment while the activity goes on; all of it begun afresh. Where nothing is plastic the first two are one.
   */
  async test({ episodes, signal, pause }: Parameters<NonNullable<TrainableModel["test"]>>[0]) {
    const limits = { segments: episodes, signal, pause };
    const { perplexity, segments } = await this.tests.judge("all", limits);
    const isPlastic = Object.values(this.rules).some(({ traces }) => traces.length > 0);
    const untraced = isPlastic ? (await this.tests.judge("activity", limits)).perplexity : perplexity;
    const forgetful = (await this.tests.judge("nothing", limits)).perplexity;
    const valid = (await this.valid.judge("all", { signal, pause })).perplexity;
    return {
      episodes: segments,
      metrics: {
        perplexity,
        "perplexity.freshTraces": untraced,
        "perplexity.freshState": forgetful,
        "perplexity.valid": valid,
      },
    };
  }

  private readCarried() {
    return { ...this.carry.read(), best: { shape: [1, 1] as const, data: Float32Array.of(this.best) } };
  }

  private writeCarried(stored: Parameters<Carried["write"]>[0]): void {
    const { best, ...state } = stored;
    if (!best) throw new RangeError('expected "best", the least perplexity of the validation text, got none');
    // The carry knows what it keeps once it has begun a segment.
    const tape = new Tape(this.device, this.batch, false);
    this.carry.resume(tape, this.model.begin(tape, this.options.steps));
    this.carry.write(state);
    this.best = best.data[0]!;
  }

  release(): void {
    const { device, carry, dropouts, inputs, targets } = this;
    carry.release();
    for (const dropout of dropouts) dropout.release();
    for (const buffer of [inputs, targets]) device.release(buffer);
    for (const parameter of this.parameters) parameter.release();
  }
}
