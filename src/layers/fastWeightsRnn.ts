import type { Device } from "../devices/device.js";
import { fastWeights } from "../rules/index.js";
import {
  defineMap,
  layerNorm,
  map,
  matmul,
  Parameter,
  type Tape,
  type Tensor,
  type TraceState,
} from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import { type Cell, type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";

import { Linear } from "./linear.js";
import { PlasticConnection } from "./plasticConnection.js";

/** Sizes and constants of a `FastWeightsRnn`. */
export interface FastWeightsRnnOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** Times that the memory is read in a step; 1 unless given. */
  readonly reads?: number;
  /** What the recurrent weights start as a multiple of the identity with; 0.05 unless given. */
  readonly identity?: number;
  /** Constants of `fastWeights` that stay as they are initialised; both, as published, unless given. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.w and so on; "fast" unless given. */
  readonly name?: string;
}

/** What a `FastWeightsRnn` carries from one step to the next. */
export interface FastWeightsRnnState {
  /** The output, [batch, neurons]. */
  readonly y: Tensor;
  /** A, which already holds y. */
  readonly traces: TraceState;
}

const first = defineMap(["u", "r"], { slow: "u + r", h: "max(u + r, 0)" });
const joined = defineMap(["slow", "recalled"], { z: "slow + recalled" });
const rectified = defineMap(["z"], { h: "max(z, 0)" });

/**
 * Recurrent network with fast weights (Ba, Hinton, Mnih, Leibo, Ionescu 2016, arXiv 1610.06258, eq. 1-2 and 3.2): a step is
 * attracted by the hidden states of the recent past, the last one included.
 *   slow = y(t-1) @ W + x(t) @ C + b;  h_0 = relu(slow);  h_{s+1} = relu(LN(slow + h_s @ A)), `reads` times;  y(t) = the last h
 *   then A <- lambda A + eta y(t)^T y(t): pre and post are both y(t), so that the next step reads what this one stored
 */
export class FastWeightsRnn implements Cell<FastWeightsRnnState> {
  readonly inputs: number;
  readonly neurons: number;
  /** x -> neurons, with their bias. */
  readonly input: Linear;
  /** y(t-1) -> neurons, [neurons, neurons]. */
  readonly recurrent: Parameter;
  /** Of the layer norm, [1, neurons]. */
  readonly gain: Parameter;
  readonly bias: Parameter;
  /** A. */
  readonly connection: PlasticConnection;
  private readonly reads: number;

  /** @throws RangeError unless the memory is read at least once a step */
  constructor(device: Device, options: FastWeightsRnnOptions, random: Gaussian) {
    const kinds: Kinds = {
      inputs: "size",
      neurons: "size",
      reads: "size",
      identity: "other",
      fixed: "other",
      name: "other",
    };
    expectLayerOptions("fastWeightsRnn", options, kinds, ["inputs", "neurons"]);
    const { inputs, neurons, reads = 1, identity = 0.05, name = "fast" } = options;
    this.inputs = inputs;
    this.neurons = neurons;
    this.reads = reads;
    this.input = new Linear(device, `${name}.input`, inputs, neurons, random);
    const start = identityMatrix(neurons, identity);
    this.recurrent = new Parameter(`${name}.w`, device, neurons, neurons, start);
    this.gain = new Parameter(`${name}.norm.gain`, device, 1, neurons, new Float32Array(neurons).fill(1));
    this.bias = new Parameter(`${name}.norm.bias`, device, 1, neurons, null);
    const { fixed = Object.keys(fastWeights.params) } = options;
    this.connection = new PlasticConnection(
      device,
      { name: `${name}.memory`, rule: fastWeights, pre: neurons, post: neurons, fixed },
      random,
    );
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    const own = [this.recurrent, this.gain, this.bias];
    return [...this.input.parameters, ...own, ...this.connection.parameters];
  }

  get connections() {
    return [this.connection];
  }

  begin(tape: Tape, steps?: number): FastWeightsRnnState {
    const traces = this.connection.begin(tape, steps === undefined ? undefined : steps * this.reads);
    return { y: tape.filled(tape.batch, this.neurons, 0), traces };
  }

  step(tape: Tape, state: FastWeightsRnnState, input: Tensor): CellStep<FastWeightsRnnState> {
    expectInput("fastWeightsRnn.step", tape, this, input);
    const kept = matmul(tape, state.y, tape.param(this.recurrent));
    const [slow, before] = map(tape, first, [this.input.apply(tape, input), kept]) as [Tensor, Tensor];
    let h = before;
    let { traces } = state;
    for (let s = 0; s < this.reads; s++) {
      const read = this.connection.read(traces, h);
      traces = read.traces;
      const z = map(tape, joined, [slow, read.z])[0]!;
      const even = layerNorm(tape, z, { gain: tape.param(this.gain), bias: tape.param(this.bias) });
      h = map(tape, rectified, [even])[0]!;
    }
    return { output: h, state: { y: h, traces: this.connection.update(traces, { pre: h, post: h }) } };
  }

  mapTraces(state: FastWeightsRnnState, change: TraceChange): FastWeightsRnnState {
    return { ...state, traces: change(state.traces, this.connection) };
  }
}

/** [n, n], row-major: `scale` on the diagonal. */
export const identityMatrix = (n: number, scale: number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? scale : 0));
