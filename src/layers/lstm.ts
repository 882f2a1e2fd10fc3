import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { defineMap, map, matmul, Parameter, type Tape, type Tensor, type TraceState } from "../tape/index.js";
import { Gate } from "./gate.js";
import { type Cell, type CellStep, expectInput, type Gaussian, gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";
import { PlasticConnection } from "./plasticConnection.js";

/** What an LSTM computes in a step, each [batch, neurons]. */
export interface LstmActivity {
  /** y(t-1) @ W: what the plastic connections bring, before the input is added. */
  readonly read: Tensor;
  /** tanh of it, with input and bias. */
  readonly candidate: Tensor;
  /** The new cell state c(t). */
  readonly cell: Tensor;
  /** The new output y(t). */
  readonly hidden: Tensor;
}

export interface LstmOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** How the connections y(t-1) -> candidate learn during an episode; not at all unless given. */
  readonly rule?: Rule;
  /** Which of its activities counts as "post" for the rule; the candidate unless given. */
  readonly post?: keyof LstmActivity;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** What the modulator reads: the output (default) or the cell state. */
  readonly modulatorReads?: "hidden" | "cell";
  /** Constants of the rule that stay as they are initialised. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.forget.input and so on; "lstm" unless given. */
  readonly name?: string;
}

export interface LstmState {
  /** The output, [batch, neurons]. */
  readonly y: Tensor;
  /** The cell state, [batch, neurons]. */
  readonly c: Tensor;
  readonly traces: TraceState;
}

const cellState = defineMap(["xf", "yf", "bf", "xi", "yi", "bi", "xg", "read", "bg", "c"], {
  candidate: "tanh(xg + read + bg)",
  cell: "sigmoid(xf + yf + bf) * c + sigmoid(xi + yi + bi) * tanh(xg + read + bg)",
});
const output = defineMap(["xo", "yo", "bo", "cell"], { hidden: "sigmoid(xo + yo + bo) * tanh(cell)" });

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates: Gers et al. 2000), whose connections
 * y(t-1) -> candidate may be plastic, and modulated by the network itself: Miconi et al. 2019 (arXiv 2002.10585), 4.3.
 *   f, i, o = sigmoid(x @ input + y(t-1) @ recurrent + bias); candidate = tanh(x @ input + y(t-1) @ W + bias)
 *   c(t) = f c(t-1) + i candidate;  y(t) = o tanh(c(t));  then W's traces learn from pre = y(t-1) and post
 */
export class Lstm implements Cell<LstmState> {
  readonly inputs: number;
  readonly neurons: number;
  readonly forget: Gate;
  readonly write: Gate;
  readonly output: Gate;
  /** x -> candidate, [inputs, neurons]. */
  readonly input: Parameter;
  /** Of the candidate, [1, neurons]. */
  readonly bias: Parameter;
  /** y(t-1) -> candidate. */
  readonly connection: PlasticConnection;
  readonly modulator: Modulator | null;
  private readonly post: keyof LstmActivity;
  private readonly modulatorReads: "hidden" | "cell";

  /** @throws TypeError if the rule's signals are not those that the modulator gives */
  constructor(device: Device, options: LstmOptions, random: Gaussian) {
    const { inputs, neurons, rule = nonplastic, name = "lstm" } = options;
    const std = 1 / Math.sqrt(neurons);
    this.inputs = inputs;
    this.neurons = neurons;
    // An open forget gate lets gradients through from the start (Gers et al. 2000).
    this.forget = new Gate(device, `${name}.forget`, inputs, neurons, random, { bias: 1 });
    this.write = new Gate(device, `${name}.write`, inputs, neurons, random);
    this.output = new Gate(device, `${name}.output`, inputs, neurons, random);
    this.input = new Parameter(
      `${name}.candidate.input`,
      device,
      inputs,
      neurons,
      gaussian(random, inputs * neurons, std),
    );
    this.bias = new Parameter(`${name}.candidate.bias`, device, 1, neurons, null);
    this.connection = new PlasticConnection(
      device,
      { name: `${name}.candidate`, rule, pre: neurons, post: neurons, std, fixed: options.fixed },
      random,
    );
    this.modulator = options.modulator?.(device, neurons, random) ?? null;
    expectSignals("lstm", rule, this.modulator);
    this.post = options.post ?? "candidate";
    this.modulatorReads = options.modulatorReads ?? "hidden";
  }

  get parameters(): Parameter[] {
    const gates = [this.forget, this.write, this.output].flatMap((gate) => gate.parameters);
    const own = [this.input, this.bias, ...this.connection.parameters];
    return [...gates, ...own, ...(this.modulator?.parameters ?? [])];
  }

  get connections() {
    return [this.connection];
  }

  begin(tape: Tape, steps?: number): LstmState {
    const zero = () => tape.filled(tape.batch, this.neurons, 0);
    return { y: zero(), c: zero(), traces: this.connection.begin(tape, steps) };
  }

  step(tape: Tape, state: LstmState, input: Tensor): CellStep<LstmState> {
    expectInput("lstm.step", tape, this, input);
    const { y, c } = state;
    const { z: read, traces } = this.connection.read(state.traces, y);
    const [candidate, cell] = map(tape, cellState, [
      ...this.forget.terms(tape, input, y),
      ...this.write.terms(tape, input, y),
      matmul(tape, input, tape.param(this.input)),
      read,
      tape.param(this.bias),
      c,
    ]) as [Tensor, Tensor];
    const hidden = map(tape, output, [...this.output.terms(tape, input, y), cell])[0]!;
    const activity: LstmActivity = { read, candidate, cell, hidden };
    const modulator = this.modulator?.apply(tape, activity[this.modulatorReads]);
    const learned = this.connection.update(traces, {
      pre: y,
      post: activity[this.post],
      ...(modulator && { m: modulator }),
    });
    return { output: hidden, state: { y: hidden, c: cell, traces: learned }, modulator };
  }

  mapTraces(state: LstmState, change: TraceChange): LstmState {
    return { ...state, traces: change(state.traces, this.connection) };
  }

  /** The same cell with other connections y(t-1) -> candidate. See `plastic`. */
  withConnection(connection: PlasticConnection, modulator: Modulator | null): Lstm {
    return Object.assign(Object.create(Lstm.prototype) as Lstm, this, { connection, modulator });
  }
}
