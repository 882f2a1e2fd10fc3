import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { defineMap, map, matmul, Parameter, type Tape, type Tensor, type TraceState } from "../tape/index.js";
import { Gate } from "./gate.js";
import { type Cell, type CellStep, expectInput, type Gaussian, gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";
import { PlasticConnection } from "./plasticConnection.js";

/** What a GRU computes in a step, each [batch, neurons]. */
export interface GruActivity {
  /** y(t-1) @ W: what the plastic connections bring. */
  readonly read: Tensor;
  readonly candidate: Tensor;
  /** The new output y(t). */
  readonly hidden: Tensor;
}

export interface GruOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** How the connections y(t-1) -> candidate learn during an episode; not at all unless given. */
  readonly rule?: Rule;
  /** Which of its activities counts as "post" for the rule; the candidate unless given. */
  readonly post?: keyof GruActivity;
  /** Reads the output and gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** Constants of the rule that stay as they are initialised. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.reset.input and so on; "gru" unless given. */
  readonly name?: string;
}

export interface GruState {
  /** The output, [batch, neurons]. */
  readonly y: Tensor;
  readonly traces: TraceState;
}

const candidateOf = defineMap(["xr", "yr", "br", "xg", "read", "bg"], {
  candidate: "tanh(xg + bg + sigmoid(xr + yr + br) * read)",
});
const mixed = defineMap(["xu", "yu", "bu", "candidate", "y"], {
  hidden: "y + sigmoid(xu + yu + bu) * (candidate - y)",
});

/**
 * Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078, with the reset gate after the product: Chung et al. 2014), whose
 * connections y(t-1) -> candidate may be plastic, and modulated by the network itself.
 *   r, u = sigmoid(x @ input + y(t-1) @ recurrent + bias);  candidate = tanh(x @ input + bias + r (y(t-1) @ W))
 *   y(t) = (1 - u) y(t-1) + u candidate;  then W's traces learn from pre = y(t-1) and post
 */
export class Gru implements Cell<GruState> {
  readonly inputs: number;
  readonly neurons: number;
  readonly reset: Gate;
  readonly update: Gate;
  /** x -> candidate, [inputs, neurons]. */
  readonly input: Parameter;
  /** Of the candidate, [1, neurons]. */
  readonly bias: Parameter;
  /** y(t-1) -> candidate. */
  readonly connection: PlasticConnection;
  readonly modulator: Modulator | null;
  private readonly post: keyof GruActivity;

  /** @throws TypeError if the rule's signals are not those that the modulator gives */
  constructor(device: Device, options: GruOptions, random: Gaussian) {
    const { inputs, neurons, rule = nonplastic, name = "gru" } = options;
    const std = 1 / Math.sqrt(neurons);
    this.inputs = inputs;
    this.neurons = neurons;
    this.reset = new Gate(device, `${name}.reset`, inputs, neurons, random);
    this.update = new Gate(device, `${name}.update`, inputs, neurons, random);
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
    expectSignals("gru", rule, this.modulator);
    this.post = options.post ?? "candidate";
  }

  get parameters(): Parameter[] {
    const gates = [...this.reset.parameters, ...this.update.parameters];
    const own = [this.input, this.bias, ...this.connection.parameters];
    return [...gates, ...own, ...(this.modulator?.parameters ?? [])];
  }

  get connections() {
    return [this.connection];
  }

  begin(tape: Tape, steps?: number): GruState {
    return { y: tape.filled(tape.batch, this.neurons, 0), traces: this.connection.begin(tape, steps) };
  }

  step(tape: Tape, state: GruState, input: Tensor): CellStep<GruState> {
    expectInput("gru.step", tape, this, input);
    const { y } = state;
    const { z: read, traces } = this.connection.read(state.traces, y);
    const candidate = map(tape, candidateOf, [
      ...this.reset.terms(tape, input, y),
      matmul(tape, input, tape.param(this.input)),
      read,
      tape.param(this.bias),
    ])[0]!;
    const hidden = map(tape, mixed, [...this.update.terms(tape, input, y), candidate, y])[0]!;
    const activity: GruActivity = { read, candidate, hidden };
    const modulator = this.modulator?.apply(tape, hidden);
    const learned = this.connection.update(traces, {
      pre: y,
      post: activity[this.post],
      ...(modulator && { m: modulator }),
    });
    return { output: hidden, state: { y: hidden, traces: learned }, modulator };
  }

  mapTraces(state: GruState, change: TraceChange): GruState {
    return { ...state, traces: change(state.traces, this.connection) };
  }

  /** The same cell with other connections y(t-1) -> candidate. See `plastic`. */
  withConnection(connection: PlasticConnection, modulator: Modulator | null): Gru {
    return Object.assign(Object.create(Gru.prototype) as Gru, this, { connection, modulator });
  }
}
