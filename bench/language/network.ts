import type { Buffer, Device } from "../../src/devices/device.js";
import { Lstm, type LstmState } from "../../src/layers/index.js";
import {
  Carry,
  defineMap,
  embedding,
  map,
  matmulTransposed,
  Parameter,
  rowCrossEntropies,
  softmax,
  softmaxCrossEntropy,
  Tape,
  type Tensor,
} from "../../src/tape/index.js";
import { random, type TextStreams } from "../../src/tasks/index.js";
import type { Candidates } from "./sampling.js";

/** Standard deviation of the embedding at first. */
const EMBEDDING = 0.1;

const addTwo = defineMap(["x", "b", "c"], { y: "x + b + c" });
const addBias = defineMap(["x", "b"], { y: "x + b" });

/**
 * A small language model: an embedding, one LSTM layer as wide, and a softmax over the words whose weights are the embedding's
 * (Press & Wolf 2017), with a bias for each word.
 */
export class LanguageNetwork {
  /** [words, units]. */
  readonly table: Parameter;
  readonly cell: Lstm;
  /** [words, 1]. */
  readonly bias: Parameter;

  constructor(
    readonly device: Device,
    readonly words: number,
    readonly units: number,
    seed: number,
  ) {
    const rng = random(seed, "weights", 0);
    const numbers = rng.fillNormal(new Float32Array(words * units), EMBEDDING);
    this.table = new Parameter("embedding", device, words, units, numbers);
    this.cell = new Lstm(device, { inputs: units, neurons: units }, rng);
    this.bias = new Parameter("softmax.bias", device, words, 1, null);
  }

  get parameters(): Parameter[] {
    return [this.table, ...this.cell.parameters, this.bias];
  }

  /** h(t) for the words of all steps, `tokens` [steps * batch, 1], from `state` on: [steps * batch, units]. */
  hidden(tape: Tape, state: LstmState, tokens: Tensor): { hidden: Tensor; state: LstmState } {
    const read = this.cell.segment(tape, state, embedding(tape, tape.param(this.table), tokens));
    return { hidden: read.outputs, state: read.state };
  }

  /** What the softmax is taken of: h [rows, units] -> [rows, words]. */
  logits(tape: Tape, hidden: Tensor): Tensor {
    const product = matmulTransposed(tape, hidden, tape.param(this.table));
    const bias = matmulTransposed(tape, tape.filled(1, 1, 1), tape.param(this.bias));
    return map(tape, addBias, [product, bias])[0]!;
  }

  /** The same for some `words` [count, 1], whose logits are corrected by `corrections` [1, count]: [rows, count]. */
  logitsOf(tape: Tape, hidden: Tensor, words: Tensor, corrections: Tensor): Tensor {
    const product = matmulTransposed(tape, hidden, embedding(tape, tape.param(this.table), words));
    // The bias of each word, as a row: [1, 1] @ [count, 1]^T.
    const bias = matmulTransposed(tape, tape.filled(1, 1, 1), embedding(tape, tape.param(this.bias), words));
    return map(tape, addTwo, [product, bias, corrections])[0]!;
  }
}

/** Reads the segments of a text one after the other; state goes on from each to the next, cut off from the way back. */
export class SegmentReader {
  readonly inputs: Buffer;
  readonly targets: Buffer;
  private readonly carry: Carry;
  private candidates: { words: Buffer; corrections: Buffer } | null = null;

  constructor(
    readonly network: LanguageNetwork,
    readonly streams: TextStreams,
  ) {
    const { device } = network;
    const rows = streams.steps * streams.batch;
    this.inputs = device.allocate(rows, 1);
    this.targets = device.allocate(rows, 1);
    this.carry = new Carry(device);
  }

  /** Puts segment i where what was captured reads it; before the first, the state is that of a beginning. */
  load(i: number): void {
    const { device } = this.network;
    if (i === 0) this.carry.reset();
    const { inputs, targets } = this.streams.segment(i);
    device.write(this.inputs, Float32Array.from(inputs));
    device.write(this.targets, Float32Array.from(targets));
  }

  /** Puts the candidates of segment i where `train` reads them: as many each time. */
  loadCandidates({ words, corrections, places }: Candidates): void {
    const { device } = this.network;
    this.candidates ??= {
      words: device.allocate(words.length, 1),
      corrections: device.allocate(1, words.length),
    };
    device.write(this.candidates.words, Float32Array.from(words));
    device.write(this.candidates.corrections, corrections);
    device.write(this.targets, Float32Array.from(places));
  }

  /** One segment with its way back, to be captured: the mean cross-entropy, [1, 1]; of candidates, where they are loaded. */
  train(): Tensor {
    const { device } = this.network;
    const tape = new Tape(device, this.streams.batch);
    const { network, streams, candidates } = this;
    const begin = this.carry.resume(tape, network.cell.begin(tape, streams.steps));
    const { hidden, state } = network.hidden(tape, begin, tape.input(this.inputs));
    const logits = candidates
      ? network.logitsOf(tape, hidden, tape.input(candidates.words), tape.input(candidates.corrections))
      : network.logits(tape, hidden);
    const loss = softmaxCrossEntropy(tape, logits, tape.input(this.targets));
    this.carry.keep(state);
    tape.backward(loss);
    return loss;
  }

  /** One segment without a way back, to be captured: h [rows, units] and the cross-entropy of each row [rows, 1]. */
  read(): { hidden: Tensor; losses: Tensor } {
    const { network, streams } = this;
    const tape = new Tape(network.device, streams.batch, false);
    const begin = this.carry.resume(tape, network.cell.begin(tape, streams.steps));
    const { hidden, state } = network.hidden(tape, begin, tape.input(this.inputs));
    this.carry.keep(state);
    return {
      hidden,
      losses: rowCrossEntropies(tape, network.logits(tape, hidden), tape.input(this.targets)),
    };
  }

  /** One segment without a way back, to be captured: h [rows, units] and the probabilities of all words [rows, words]. */
  foretell(): { hidden: Tensor; probabilities: Tensor } {
    const { network, streams } = this;
    const tape = new Tape(network.device, streams.batch, false);
    const begin = this.carry.resume(tape, network.cell.begin(tape, streams.steps));
    const { hidden, state } = network.hidden(tape, begin, tape.input(this.inputs));
    this.carry.keep(state);
    return { hidden, probabilities: softmax(tape, network.logits(tape, hidden)) };
  }

  /** One segment without a way back, to be captured: the mean cross-entropy, [1, 1]. */
  judge(): Tensor {
    const { network, streams } = this;
    const tape = new Tape(network.device, streams.batch, false);
    const begin = this.carry.resume(tape, network.cell.begin(tape, streams.steps));
    const { hidden, state } = network.hidden(tape, begin, tape.input(this.inputs));
    this.carry.keep(state);
    return softmaxCrossEntropy(tape, network.logits(tape, hidden), tape.input(this.targets));
  }

  release(): void {
    const { device } = this.network;
    this.carry.release();
    device.release(this.inputs);
    device.release(this.targets);
  }
}
