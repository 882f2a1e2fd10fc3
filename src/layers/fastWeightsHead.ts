import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/index.js";
import {
  concatRows,
  defineMap,
  l2Norm,
  map,
  matmul,
  Parameter,
  rmsNorm,
  type Tape,
  type Tensor,
  type TraceState,
} from "../tape/index.js";
import { gatesOf, type SignalGate, signalSize } from "./fastWeightsGates.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";
import { Linear } from "./linear.js";
import { PlasticConnection } from "./plasticConnection.js";
import { ShortConvolution } from "./shortConvolution.js";

export interface FastWeightsHeadOptions {
  readonly name: string;
  readonly inputs: number;
  readonly rule: Rule;
  readonly keySize: number;
  readonly valueSize: number;
  readonly taps: number;
  readonly gates: Readonly<Record<string, SignalGate>>;
}

/** What the short convolutions look back on, by what they are of. */
type Past = Readonly<Record<string, readonly Tensor[]>>;

export interface FastWeightsHeadState {
  readonly past: Past;
  readonly traces: TraceState;
}

/** What a step tells its memory: pre, post and signals; and the query. */
interface Told {
  readonly vectors: Readonly<Record<string, Tensor>>;
  readonly query: Tensor;
}

/** A vector made of the input: projected, summed over the last steps, and through an activation. */
interface Channel {
  readonly projection: Linear;
  readonly convolution: ShortConvolution;
}

const silu = defineMap(["x"], { y: "x * sigmoid(x)" });

/** One memory of a `FastWeights` layer, with all that makes its keys, values, queries and gates. */
export class FastWeightsHead implements Layer {
  readonly connection: PlasticConnection;
  /** Keys, values and queries by what the rule calls them ("pre", "post", "query" and signals made likewise). */
  private readonly channels: Readonly<Record<string, Channel>>;
  private readonly gates: ReadonlyMap<string, SignalGate>;
  private readonly projections: Readonly<Record<string, Linear>>;
  private readonly gain: Parameter;
  private readonly output: Parameter;

  constructor(device: Device, options: FastWeightsHeadOptions, random: Gaussian) {
    const { name, inputs, rule, keySize, valueSize, taps } = options;
    this.gates = gatesOf(rule, options.gates);
    const channel = (of: string, size: number): [string, Channel] => [
      of,
      {
        projection: new Linear(device, `${name}.${of}`, inputs, size, random),
        convolution: new ShortConvolution(device, `${name}.${of}`, size, taps, random),
      },
    ];
    const signals = [...this.gates].map(([signal, gate]) => {
      return { signal, gate, size: signalSize(rule.signals[signal]!, options) };
    });
    this.channels = Object.fromEntries([
      channel("query", keySize),
      channel("pre", keySize),
      channel("post", valueSize),
      ...signals.flatMap(({ signal, gate, size }) =>
        typeof gate === "string" ? [channel(signal, size)] : [],
      ),
    ]);
    this.projections = Object.fromEntries(
      signals.flatMap(({ signal, gate, size }) =>
        typeof gate === "string"
          ? []
          : [[signal, new Linear(device, `${name}.${signal}`, inputs, size, random)]],
      ),
    );
    const connection = { name: `${name}.memory`, rule, pre: keySize, post: valueSize, std: 0 };
    this.connection = new PlasticConnection(device, connection, random);
    // Where a rule has them, w starts at 0 and alpha at 1: what is read is the trace, as by rules whose weight is the trace.
    if (Object.hasOwn(rule.params, "alpha")) {
      const { value } = this.connection.parameter("alpha");
      device.write(value, new Float32Array(value.rows * value.cols).fill(1));
    }
    this.gain = new Parameter(`${name}.gain`, device, 1, valueSize, new Float32Array(valueSize).fill(1));
    const outputs = gaussian(random, valueSize * inputs, 1 / Math.sqrt(valueSize));
    this.output = new Parameter(`${name}.output`, device, valueSize, inputs, outputs);
  }

  get parameters(): Parameter[] {
    return [
      ...Object.values(this.channels).flatMap(({ projection, convolution }) => [
        ...projection.parameters,
        ...convolution.parameters,
      ]),
      ...Object.values(this.projections).flatMap(({ parameters }) => parameters),
      ...this.connection.parameters,
      this.gain,
      this.output,
    ];
  }

  begin(tape: Tape, steps?: number): FastWeightsHeadState {
    const past = Object.entries(this.channels).map(([of, { convolution }]) => [of, convolution.begin(tape)]);
    return { past: Object.fromEntries(past), traces: this.connection.begin(tape, steps) };
  }

  /** x [batch, inputs] -> what the head adds to the layer's output, [batch, inputs]. */
  step(tape: Tape, state: FastWeightsHeadState, x: Tensor): { y: Tensor; state: FastWeightsHeadState } {
    const past: Record<string, readonly Tensor[]> = {};
    const { vectors, query } = this.told(tape, x, (of, convolution, u) => {
      const step = convolution.step(tape, state.past[of]!, u);
      past[of] = step.past;
      return step.y;
    });
    const read = this.connection.read(this.connection.update(state.traces, vectors), query);
    return { y: this.answer(tape, read.z), state: { past, traces: read.traces } };
  }

  /** All steps of an episode, [steps * batch, inputs] -> the same: memory is updated and read in one pass a step. */
  whole(tape: Tape, x: Tensor): { y: Tensor; state: FastWeightsHeadState } {
    const { batch } = tape;
    const steps = x.rows / batch;
    const past: Record<string, readonly Tensor[]> = {};
    const { vectors, query } = this.told(tape, x, (of, convolution, u) => {
      const lived = convolution.whole(tape, u);
      past[of] = lived.past;
      return lived.y;
    });
    const at = (tensor: Tensor, t: number) => tape.rows(tensor, t * batch, batch);
    const told = Array.from({ length: steps }, (_, t) =>
      Object.fromEntries(Object.entries(vectors).map(([key, tensor]) => [key, at(tensor, t)])),
    );
    let traces = this.connection.begin(tape, steps);
    const reads = told.map((each, t) => {
      const read = this.connection.read(this.connection.update(traces, each), at(query, t), told[t + 1]);
      traces = read.traces;
      return read.z;
    });
    return { y: this.answer(tape, concatRows(tape, reads)), state: { past, traces } };
  }

  /** What memory is told of one step, or of all of them. */
  private told(
    tape: Tape,
    x: Tensor,
    convolve: (of: string, convolution: ShortConvolution, u: Tensor) => Tensor,
  ): Told {
    const made = (of: string): Tensor => {
      const { projection, convolution } = this.channels[of]!;
      return map(tape, silu, [convolve(of, convolution, projection.apply(tape, x))])[0]!;
    };
    const query = l2Norm(tape, made("query"));
    const vectors: Record<string, Tensor> = {
      pre: l2Norm(tape, made("pre")),
      post: this.correctsKeys ? l2Norm(tape, made("post")) : made("post"),
    };
    for (const [signal, gate] of this.gates) {
      if (gate === "key") vectors[signal] = l2Norm(tape, made(signal));
      else if (gate === "value") vectors[signal] = made(signal);
      else {
        const projected = this.projections[signal]!.apply(tape, x);
        const inputs = [projected, ...gate.of.map((name) => vectors[name]!)];
        vectors[signal] = map(tape, gate.equation, inputs)[0]!;
      }
    }
    return { vectors, query };
  }

  /** A rule that corrects keys by what values recall (Oja's) is stable for values of length 1, as delta rules are for such keys. */
  private get correctsKeys(): boolean {
    const { rule } = this.connection;
    return rule.updateReads.some((read) => rule.reads[read]!.per === "pre");
  }

  private answer(tape: Tape, z: Tensor): Tensor {
    return matmul(tape, rmsNorm(tape, z, tape.param(this.gain)), tape.param(this.output));
  }
}
