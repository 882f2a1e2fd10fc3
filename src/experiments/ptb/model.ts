import type { Device } from "../../devices/device.js";
import {
  Linear,
  type Lstm,
  type LstmState,
  PlasticConnection,
  rulesOf,
  stacked,
  startUniform,
} from "../../layers/index.js";
import { defineRule } from "../../rules/index.js";
import {
  defineMap,
  embedding,
  map,
  matmul,
  matmulTransposed,
  Parameter,
  type Tape,
  type Tensor,
  type TraceState,
} from "../../tape/index.js";
import { random } from "../../tasks/index.js";
import type { Network } from "../../training/index.js";
import { type TextNetwork, type TextPlasticity, textCell, textCellSize } from "./cells.js";

export interface TextModelOptions extends TextPlasticity {
  readonly network: TextNetwork;
  /** Numbers that a word is known by. */
  readonly embedding: number;
  /** LSTMs one above the other. */
  readonly layers: number;
  /** Neurons of each; of the plastic network, which the others have as many parameters as. */
  readonly neurons: number;
  /** Whether words are told by weights of their own, or by those that they are read by: then the last layer has `embedding` neurons. */
  readonly readout: "own" | "tied";
  readonly equal: "parameters" | "neurons";
  /** Weights and biases start evenly drawn from -initRange to initRange. */
  readonly initRange: number;
}

type Sizes = Pick<TextModelOptions, "embedding" | "layers" | "readout" | "plasticFrom" | "trace">;

/** What a network of so many neurons is made of: the words' numbers, and the neurons of each layer. */
function widths({ embedding, layers, readout }: Sizes, neurons: number) {
  const isTied = readout === "tied";
  const words = isTied && layers === 1 ? neurons : embedding;
  const cells = Array.from({ length: layers }, (_, k) => (isTied && k === layers - 1 ? words : neurons));
  return { words, cells };
}

/** Learned numbers of a network over `vocabulary` words whose layers have so many neurons. */
export function textModelSize(
  network: TextNetwork,
  sizes: Sizes,
  vocabulary: number,
  neurons: number,
): number {
  const { words, cells } = widths(sizes, neurons);
  const recurrent = cells.reduce(
    (sum, n, k) => sum + textCellSize(network, cells[k - 1] ?? words, n, sizes),
    0,
  );
  const readout = sizes.readout === "tied" ? vocabulary : vocabulary * (cells.at(-1)! + 1);
  return vocabulary * words + recurrent + readout;
}

/** How many neurons give a network as many parameters as the plastic one has that is plastic from its output, to the nearest neuron. */
export function textNeurons(options: TextModelOptions, vocabulary: number): number {
  const { network, neurons, equal, layers, readout } = options;
  if (equal === "neurons" || (readout === "tied" && layers === 1 && network === "plastic")) return neurons;
  const aim = textModelSize(
    "plastic",
    { ...options, plasticFrom: "hidden", trace: "clipped" },
    vocabulary,
    neurons,
  );
  const size = (n: number) => textModelSize(network, options, vocabulary, n);
  let n = 1;
  while (size(n + 1) <= aim) n++;
  return aim - size(n) <= size(n + 1) - aim ? n : n + 1;
}

const addBias = defineMap(["y", "b"], { y: "y + b" });

/** Tied weights as one connection read in both directions: all that a model file can say of them. */
const bothWays = defineRule({
  name: "tied",
  traces: {},
  weight: "w",
  update: {},
  reads: { told: { per: "pre", sum: "w * post" } },
});

/** What is left out of a layer's inputs, or of what words are told from (layer = layers): x itself where nothing is. */
export type LeaveOut = (tape: Tape, x: Tensor, layer: number) => Tensor;

/** One state for each layer. */
export type TextState = readonly LstmState[];

/** The state of one that lives by itself, and where tied weights are read. */
interface Living {
  readonly words?: TraceState;
  readonly layers: TextState;
}

/**
 * A language model: words' numbers, LSTMs one above the other, and a softmax over all words (Mikolov et al. 2010; Zaremba et al. 2014).
 * The connections to the LSTMs' candidates may be plastic: Miconi et al. 2019 (arXiv 2002.10585), 4.3.
 */
export class TextModel {
  readonly cells: readonly Lstm[];
  /** [words, embedding]. */
  readonly table: Parameter;
  private readonly own: Linear | null;
  /** Of tied weights, [1, words]. */
  private readonly bias: Parameter | null;
  private readonly tied: PlasticConnection | null;

  constructor(
    device: Device,
    readonly vocabulary: number,
    options: TextModelOptions,
    seed: number,
  ) {
    const rng = random(seed, "weights", 0);
    const { network, readout, initRange } = options;
    const { words, cells } = widths(options, textNeurons(options, vocabulary));
    this.table = new Parameter("embedding", device, vocabulary, words, null);
    this.cells = cells.map((neurons, k) =>
      textCell(device, network, { inputs: cells[k - 1] ?? words, neurons, name: `lstm${k}` }, options, rng),
    );
    const last = cells.at(-1)!;
    this.own =
      readout === "own" ? new Linear(device, "readout", last, vocabulary, { normal: () => 0 }) : null;
    this.bias = readout === "own" ? null : new Parameter("readout.bias", device, 1, vocabulary, null);
    const connection = { name: "words", rule: bothWays, pre: vocabulary, post: words, w: this.table };
    this.tied = readout === "own" ? null : new PlasticConnection(device, connection, rng);
    // Constants of rules start where their rules say.
    const ofRules = Object.entries(this.rules).flatMap(([of, { params }]) =>
      Object.keys(params).flatMap((name) => (name === "w" ? [] : [`${of}.${name}`])),
    );
    startUniform(
      this.parameters.filter(({ name }) => !ofRules.includes(name)),
      initRange,
      random(seed, "weights", 1),
    );
  }

  get parameters(): Parameter[] {
    const readout = this.own?.parameters ?? [this.bias!];
    return [this.table, ...this.cells.flatMap((cell) => cell.parameters), ...readout];
  }

  get rules() {
    return rulesOf([...(this.tied ? [this.tied] : []), ...this.cells.flatMap((cell) => cell.connections)]);
  }

  /** All layers as one cell, for those who look at its traces. */
  get cell() {
    return stacked(this.cells);
  }

  begin(tape: Tape, steps?: number): TextState {
    return this.cells.map((cell) => cell.begin(tape, steps));
  }

  /**
   * A segment of a text: `words` [steps * batch, 1], row t * batch + b, from a state on; logits of the words that follow
   * [steps * batch, vocabulary] in the same order, and the state afterwards.
   */
  segment(tape: Tape, words: Tensor, from: TextState, leaveOut: LeaveOut = (_, x) => x) {
    let flow = embedding(tape, tape.param(this.table), words);
    const state = this.cells.map((cell, k) => {
      const read = cell.segment(tape, from[k]!, leaveOut(tape, flow, k));
      flow = read.outputs;
      return read.state;
    });
    return { logits: this.answer(tape, leaveOut(tape, flow, this.cells.length)), state };
  }

  /** One word at a time, given one-hot; the answer is the logits of what follows. */
  get network(): Network {
    const { tied } = this;
    return {
      inputs: [{ name: "word", size: this.vocabulary, tail: [] }],
      answers: this.vocabulary,
      begin: (tape): Living => ({ ...(tied && { words: tied.begin(tape) }), layers: this.begin(tape) }),
      steps: [{ given: ["word"], step: (tape, state, [word]) => this.step(tape, state as Living, word!) }],
    };
  }

  private step(tape: Tape, { words, layers }: Living, word: Tensor): { output: Tensor; state: Living } {
    const read = words && this.tied!.read(words, word);
    let flow = read?.z ?? matmul(tape, word, tape.param(this.table));
    const state = this.cells.map((cell, k) => {
      const step = cell.step(tape, layers[k]!, flow);
      flow = step.output;
      return step.state;
    });
    if (!read) return { output: this.answer(tape, flow), state: { layers: state } };
    const { value, traces } = this.tied!.readNamed(read.traces, "told", { post: flow });
    const output = map(tape, addBias, [value, tape.param(this.bias!)])[0]!;
    return { output, state: { words: traces, layers: state } };
  }

  /** Outputs of the last layer [rows, neurons] to logits [rows, vocabulary]. */
  private answer(tape: Tape, hidden: Tensor): Tensor {
    if (this.own) return this.own.apply(tape, hidden);
    const told = matmulTransposed(tape, hidden, tape.param(this.table));
    return map(tape, addBias, [told, tape.param(this.bias!)])[0]!;
  }
}
