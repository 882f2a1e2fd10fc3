import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { defineMap, map, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { Afferents, type AfferentsState, type PlasticityOptions } from "./afferents.js";
import { expectLayerOptions, type Kinds, plasticityKinds } from "./expectLayerOptions.js";
import { Gate } from "./gate.js";
import { type Cell, type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";

/** What a GRU computes in a step, each [batch, neurons]. */
export interface GruActivity {
  /** y(t-1) @ W: what the connections from the output bring. */
  readonly read: Tensor;
  readonly candidate: Tensor;
  /** The new output y(t). */
  readonly hidden: Tensor;
}

/** Sizes of a `Gru`, and how its candidate learns. */
export interface GruOptions extends PlasticityOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** How connections to the candidate, those that `from` says, learn during an episode; not at all unless given. */
  readonly rule?: Rule;
  /** Which of its activities counts as "post" for the rule; the candidate unless given. */
  readonly post?: keyof GruActivity;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** What the modulator reads: the output y(t) (default), or that of the step before, y(t-1). */
  readonly modulatorReads?: "hidden" | "previous";
  /** Standard deviation of the first alphas; that of w, 1 / sqrt(neurons), unless given. */
  readonly alphaStd?: number;
  /** Constants of the rule that stay as they are initialised. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.reset.input and so on; "gru" unless given. */
  readonly name?: string;
}

/** What a `Gru` carries from one step to the next. */
export interface GruState extends AfferentsState {
  /** The output, [batch, neurons]. */
  readonly y: Tensor;
}

const kinds: Kinds = {
  inputs: "size",
  neurons: "size",
  rule: "rule",
  ...plasticityKinds,
  post: ["read", "candidate", "hidden"],
  modulator: "other",
  modulatorReads: ["hidden", "previous"],
  alphaStd: "other",
  fixed: "constants",
  name: "other",
};

const candidateOf = defineMap(["xr", "yr", "br", "xg", "read", "bg"], {
  candidate: "tanh(xg + bg + sigmoid(xr + yr + br) * read)",
});
const mixed = defineMap(["xu", "yu", "bu", "candidate", "y"], {
  hidden: "y + sigmoid(xu + yu + bu) * (candidate - y)",
});

/**
 * Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078, with the reset gate after the product: Chung et al. 2014), whose
 * connections to the candidate may be plastic, and modulated by the network itself.
 *   r, u = sigmoid(x @ input + y(t-1) @ recurrent + bias);  candidate = tanh(x @ U + bias + r (y(t-1) @ W))
 *   y(t) = (1 - u) y(t-1) + u candidate;  then W's traces learn from pre = y(t-1) and post, U's from x(t)
 */
export class Gru implements Cell<GruState> {
  readonly inputs: number;
  readonly neurons: number;
  readonly reset: Gate;
  readonly update: Gate;
  /** Of the candidate, [1, neurons]. */
  readonly bias: Parameter;
  /** What leads to the candidate. */
  readonly afferents: Afferents;
  readonly modulator: Modulator | null;
  private readonly post: keyof GruActivity;
  private readonly modulatorReads: "hidden" | "previous";

  /** @throws TypeError if the rule's signals are not those that the modulator gives */
  constructor(device: Device, options: GruOptions, random: Gaussian) {
    expectLayerOptions("gru", options, kinds, ["inputs", "neurons"]);
    const { inputs, neurons, rule = nonplastic, name = "gru" } = options;
    const std = 1 / Math.sqrt(neurons);
    this.inputs = inputs;
    this.neurons = neurons;
    this.reset = new Gate(device, `${name}.reset`, inputs, neurons, random);
    this.update = new Gate(device, `${name}.update`, inputs, neurons, random);
    this.bias = new Parameter(`${name}.candidate.bias`, device, 1, neurons, null);
    this.afferents = Afferents.make(
      device,
      {
        ...options,
        rule,
        hidden: { name: `${name}.candidate`, std },
        input: { name: `${name}.candidate.input`, inputs, std },
      },
      random,
    );
    this.modulator = options.modulator?.(device, neurons, random) ?? null;
    expectSignals("gru", rule, this.modulator);
    this.post = options.post ?? "candidate";
    this.modulatorReads = options.modulatorReads ?? "hidden";
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    const gates = [...this.reset.parameters, ...this.update.parameters];
    const { input, hidden } = this.afferents;
    const own = [...input!.parameters, this.bias, ...hidden.parameters];
    return [...gates, ...own, ...(this.modulator?.parameters ?? [])];
  }

  /** y(t-1) -> candidate. */
  get connection() {
    return this.afferents.hidden;
  }
  /** x -> candidate, [inputs, neurons]. */
  get input(): Parameter {
    return this.afferents.input!.parameter("w");
  }
  get connections() {
    return this.afferents.connections;
  }

  begin(tape: Tape, steps?: number): GruState {
    return { y: tape.filled(tape.batch, this.neurons, 0), ...this.afferents.begin(tape, steps) };
  }

  step(tape: Tape, state: GruState, input: Tensor): CellStep<GruState> {
    expectInput("gru.step", tape, this, input);
    const { y } = state;
    const { hidden: read, input: fromInput, state: afferents } = this.afferents.read(state, y, input);
    const candidate = map(tape, candidateOf, [
      ...this.reset.terms(tape, this.reset.project(tape, input), y),
      fromInput!,
      read,
      tape.param(this.bias),
    ])[0]!;
    const update = this.update.terms(tape, this.update.project(tape, input), y);
    const hidden = map(tape, mixed, [...update, candidate, y])[0]!;
    const activity: GruActivity = { read, candidate, hidden };
    const modulator = this.modulator?.apply(tape, { hidden, previous: y }[this.modulatorReads]);
    const learned = this.afferents.update(afferents, {
      ...{ y, x: input, post: activity[this.post] },
      ...(modulator && { m: modulator }),
    });
    return { output: hidden, state: { y: hidden, ...learned }, modulator };
  }

  mapTraces(state: GruState, change: TraceChange): GruState {
    return this.afferents.mapTraces(state, change);
  }

  /** The same cell with other connections to the candidate. See `plastic`. */
  withAfferents(afferents: Afferents, modulator: Modulator | null): Gru {
    return Object.assign(Object.create(Gru.prototype) as Gru, this, { afferents, modulator });
  }
}
