import { convolutionSizes } from "../devices/convolution.js";
import type { Buffer, Device } from "../devices/device.js";
import { Convolutional, type Gaussian, PlasticReadout, rulesOf } from "../layers/index.js";
import type { StoredMatrix } from "../models/index.js";
import type { Rule } from "../rules/rule.js";
import {
  defineMap,
  joinRows,
  layerNorm,
  map,
  type Parameter,
  splitRows,
  sum,
  type Tape,
  type Tensor,
  tanh,
  traceValue,
} from "../tape/index.js";
import { nearestNeighbour, type OneShotEpisode, type OneShotOptions, type Random } from "../tasks/index.js";
import {
  type EpisodeAnswer,
  fewShotNetwork,
  type LivedEpisode,
  type NamedMatrix,
  type Network,
} from "../training/index.js";

/** Binary cross-entropy, kept finite where an answer is as good as certain. */
const crossEntropy = defineMap(["y", "target", "weight"], {
  e: "-weight * (target * log(max(y, 0.0000001)) + (1 - target) * log(max(1 - y, 0.0000001)))",
});

/** 3 x 3 kernels at every other pixel, four times: 31 -> 15 -> 7 -> 3 -> 1. */
const LAYERS = 4;
const KERNEL = 3;
const STRIDE = 2;

/** What becomes of a convolution's sums, [images * height, width * filters], before tanh. */
export const normalisations = {
  none: (_: Tape, sums: Tensor) => sums,
  /** Mean 0 and variance 1 over all numbers of a picture (Ba, Kiros & Hinton 2016), without gain and bias. */
  layer: (tape: Tape, sums: Tensor, height: number) =>
    splitRows(tape, layerNorm(tape, joinRows(tape, sums, height)), height),
};

export interface OneShotNetwork extends OneShotOptions {
  readonly rule: Rule;
  readonly filters: number;
  readonly normalise: keyof typeof normalisations;
  readonly batch: number;
  /** Of the pictures' sides. */
  readonly size: number;
  /** Initial alphas are uniform in 0 .. alpha; the rule's eta starts at `eta`. */
  readonly alpha: number;
  readonly eta: number;
}

/**
 * Convolutions make features of a drawing; a plastic readout is told the class of some and asked for others.
 * Miconi et al. 2018 (arXiv 1804.02464), 4.3: 112,065 parameters at 64 filters and 5 classes.
 */
export class OneShot {
  readonly parameters: readonly Parameter[];
  private readonly layers: readonly Convolutional[];
  readonly rules: Readonly<Record<string, Rule>>;
  private readonly readout: PlasticReadout;
  /** All pictures of all episodes, [steps * batch * size, size]: support, then queries, time step by time step. */
  private readonly pictures: Buffer;
  /** One-hot, [steps * batch, ways]. */
  private readonly labels: Buffer;
  private readonly weight: Buffer;
  /** Of the batch lived last, [steps * batch, features]. */
  private latestFeatures: Tensor | null = null;

  constructor(
    private readonly device: Device,
    private readonly settings: OneShotNetwork,
    rng: Gaussian & Random,
  ) {
    const { filters, size, batch, ways, queries, rule } = settings;
    let side = size;
    this.layers = Array.from({ length: LAYERS }, (_, i) => {
      const channels = i === 0 ? 1 : filters;
      const shape = { height: side, width: side, channels, filters };
      const kernel = { kernelHeight: KERNEL, kernelWidth: KERNEL, stride: STRIDE };
      side = Math.floor((side - KERNEL) / STRIDE) + 1;
      return new Convolutional(device, `conv${i + 1}`, { ...shape, ...kernel }, rng);
    });
    const inputs = side * side * filters;
    this.readout = new PlasticReadout(device, { inputs, classes: ways, rule }, rng);
    this.initialise(rng);
    this.rules = rulesOf([this.readout.connection]);
    this.parameters = [...this.layers, this.readout].flatMap((layer) => layer.parameters);
    this.pictures = device.allocate(this.steps * batch * size, size);
    this.labels = device.allocate(this.steps * batch, ways);
    this.weight = device.allocate(1, 1);
    device.write(this.weight, [1 / (queries * batch * ways)]);
  }

  private initialise(rng: Random): void {
    const { rule, alpha, eta } = this.settings;
    const start: Readonly<Record<string, () => number>> = {
      alpha: () => alpha * rng.uniform(),
      eta: () => eta,
    };
    for (const name of Object.keys(rule.params)) {
      const number = start[name];
      if (!number) continue;
      const { value, shape } = this.readout.connection.parameter(name);
      this.device.write(value, Float32Array.from({ length: shape[0] * shape[1] }, number));
    }
  }

  /** The network, one drawing at a time: it learns the class where a label is given, and is asked for it otherwise. */
  get network(): Network {
    const { size } = this.settings;
    return fewShotNetwork(this.readout, {
      size: size * size,
      rows: size,
      features: (tape, pictures) => this.features(tape, pictures),
    });
  }

  private get support(): number {
    return this.settings.ways * this.settings.shots;
  }

  /** Drawings of an episode. */
  private get steps(): number {
    return this.support + this.settings.queries;
  }

  /** Puts the drawings of a batch of episodes where `live` finds them. */
  prepare(episodes: readonly OneShotEpisode[]): void {
    const { batch, size, ways } = this.settings;
    const pictures = new Float32Array(this.steps * batch * size * size);
    const labels = new Float32Array(this.steps * batch * ways);
    episodes.forEach(({ support, queries }, b) => {
      [...support, ...queries].forEach(({ pixels, label }, t) => {
        const row = t * batch + b;
        pictures.set(pixels, row * size * size);
        labels[row * ways + label] = 1;
      });
    });
    this.device.write(this.pictures, pictures);
    this.device.write(this.labels, labels);
  }

  /** What convolutions make of pictures [images * size, size]: [images, features]. */
  features(tape: Tape, pictures: Tensor): Tensor {
    const normalised = normalisations[this.settings.normalise];
    return this.layers.reduce((x, layer) => {
      const { outHeight } = convolutionSizes(layer.shape);
      return tanh(tape, normalised(tape, layer.apply(tape, x), outHeight));
    }, pictures);
  }

  /**
   * The parameters of a network that was trained with another number of classes. Nothing tells classes apart before an
   * episode, so each class gets the mean of what the trained ones have.
   */
  adapted(stored: Readonly<Record<string, StoredMatrix>>): Readonly<Record<string, StoredMatrix>> {
    const perClass = new Set(this.readout.parameters.map(({ name }) => name));
    return Object.fromEntries(
      Object.entries(stored).map(([name, matrix]) => [
        name,
        perClass.has(name) ? withColumns(matrix, this.settings.ways) : matrix,
      ]),
    );
  }

  /** Outputs: the label of each drawing of the support, then the answer to each query, [batch, ways]. */
  live(tape: Tape): LivedEpisode {
    const { batch } = this.settings;
    const features = this.features(tape, tape.input(this.pictures));
    this.latestFeatures = features;
    const labels = tape.input(this.labels);
    const weight = tape.input(this.weight);
    const at = (tensor: Tensor, t: number) => tape.rows(tensor, t * batch, batch);
    let traces = this.readout.begin(tape, this.steps);
    const outputs: Tensor[] = [];
    const losses: Tensor[] = [];
    for (let t = 0; t < this.support; t++) {
      const learned = this.readout.step(tape, traces, at(features, t), at(labels, t));
      traces = learned.traces;
      outputs.push(learned.output);
    }
    for (let t = this.support; t < this.steps; t++) {
      const answer = this.readout.answer(tape, traces, at(features, t));
      traces = answer.traces;
      outputs.push(answer.output);
      losses.push(map(tape, crossEntropy, [answer.output, at(labels, t), weight])[0]!);
    }
    const total = losses.reduce((a, b) => map(tape, added, [a, b])[0]!);
    return { loss: sum(tape, total), outputs, traces: () => this.tracesNow(tape, traces) };
  }

  private tracesNow(tape: Tape, traces: Parameters<typeof traceValue>[0]): NamedMatrix[] {
    const { inputs, connection } = this.readout;
    const { rule } = connection;
    let now = traces;
    return [...rule.traces, ...Object.keys(rule.neuronTraces)].map((trace) => {
      const read = traceValue(now, trace);
      now = read.traces;
      const { cols } = read.value;
      const rows = Object.hasOwn(rule.neuronTraces, trace) ? 1 : inputs;
      const values = tape.device.read(tape.device.view(read.value.value, 0, rows));
      return { name: `${connection.name}.${trace}`, rows, cols, values };
    });
  }

  /** Whether the answer to the last query was right, for each episode of a batch. */
  measure(episodes: readonly OneShotEpisode[], output: ArrayLike<number>): { accuracy: number }[] {
    return episodes.map(({ queries }, b) => {
      const answer = this.probabilities(output, b);
      return { accuracy: Number(answer.indexOf(Math.max(...answer)) === queries.at(-1)!.label) };
    });
  }

  /** What nearest neighbours make of the last query of each episode, in pixels and in the features just computed. */
  neighbours(episodes: readonly OneShotEpisode[]): { pixelNeighbour: number; featureNeighbour: number }[] {
    const features = this.latestFeatures!;
    const numbers = this.device.read(features.value);
    const { batch } = this.settings;
    return episodes.map(({ support, queries }, b) => {
      const query = queries.at(-1)!;
      const featuresOf = (t: number) =>
        numbers.subarray((t * batch + b) * features.cols, (t * batch + b + 1) * features.cols);
      const byPixels = nearestNeighbour(
        query.pixels,
        support.map(({ pixels }) => pixels),
      );
      const byFeatures = nearestNeighbour(
        featuresOf(this.steps - 1),
        support.map((_, t) => featuresOf(t)),
      );
      return {
        pixelNeighbour: Number(support[byPixels]!.label === query.label),
        featureNeighbour: Number(support[byFeatures]!.label === query.label),
      };
    });
  }

  /** What each episode showed and asked last, with the answer. */
  answers(episodes: readonly OneShotEpisode[], output: ArrayLike<number>): EpisodeAnswer[] {
    return episodes.map(({ support, queries }, b) => ({
      size: this.settings.size,
      support,
      query: queries.at(-1)!,
      probabilities: this.probabilities(output, b),
    }));
  }

  private probabilities(output: ArrayLike<number>, episode: number): number[] {
    const { ways } = this.settings;
    return Array.from({ length: ways }, (_, k) => output[episode * ways + k]!);
  }

  release(): void {
    for (const buffer of [this.pictures, this.labels, this.weight]) this.device.release(buffer);
    for (const parameter of this.parameters) parameter.release();
  }
}

/** A matrix of another number of columns, each the mean of the old ones; itself, if it has as many. */
function withColumns(matrix: StoredMatrix, columns: number): StoredMatrix {
  const [rows, cols] = matrix.shape;
  if (cols === columns || cols === 1) return matrix;
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let col = 0; col < cols; col++) sum += matrix.data[row * cols + col]!;
    data.fill(sum / cols, row * columns, (row + 1) * columns);
  }
  return { shape: [rows, columns], data };
}

const added = defineMap(["a", "b"], { s: "a + b" });
