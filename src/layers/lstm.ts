import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { concatRows, defineMap, map, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { Afferents, type AfferentsState, type PlasticityOptions } from "./afferents.js";
import { expectLayerOptions, type Kinds, plasticityKinds } from "./expectLayerOptions.js";
import { Gate } from "./gate.js";
import { type Cell, type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";
import { stepsOf } from "./sequenceCell.js";

/** What an LSTM computes in a step, each [batch, neurons]. */
export interface LstmActivity {
  /** y(t-1) @ W: what the connections from the output bring, before the input is added. */
  readonly read: Tensor;
  /** tanh of it, with input and bias. */
  readonly candidate: Tensor;
  /** The new cell state c(t). */
  readonly cell: Tensor;
  /** The new output y(t). */
  readonly hidden: Tensor;
}

/** Sizes of an `Lstm`, and how its candidate learns. */
export interface LstmOptions extends PlasticityOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** How connections to the candidate, those that `from` says, learn during an episode; not at all unless given. */
  readonly rule?: Rule;
  /** Which of its activities counts as "post" for the rule; the candidate unless given. */
  readonly post?: keyof LstmActivity;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** What the modulator reads: the output y(t) (default), that of the step before, y(t-1), or the cell state c(t). */
  readonly modulatorReads?: "hidden" | "previous" | "cell";
  /** Standard deviation of the first alphas; that of w, 1 / sqrt(neurons), unless given. */
  readonly alphaStd?: number;
  /** Constants of the rule that stay as they are initialised. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.forget.input and so on; "lstm" unless given. */
  readonly name?: string;
}

/** What an `Lstm` carries from one step to the next. */
export interface LstmState extends AfferentsState {
  /** The output, [batch, neurons]. */
  readonly y: Tensor;
  /** The cell state, [batch, neurons]. */
  readonly c: Tensor;
}

const kinds: Kinds = {
  inputs: "size",
  neurons: "size",
  rule: "rule",
  ...plasticityKinds,
  post: ["read", "candidate", "cell", "hidden"],
  modulator: "other",
  modulatorReads: ["hidden", "previous", "cell"],
  alphaStd: "other",
  fixed: "constants",
  name: "other",
};

const cellState = defineMap(["xf", "yf", "bf", "xi", "yi", "bi", "xg", "read", "bg", "c"], {
  candidate: "tanh(xg + read + bg)",
  cell: "sigmoid(xf + yf + bf) * c + sigmoid(xi + yi + bi) * tanh(xg + read + bg)",
});
const output = defineMap(["xo", "yo", "bo", "cell"], { hidden: "sigmoid(xo + yo + bo) * tanh(cell)" });

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates: Gers et al. 2000), whose connections
 * to the candidate may be plastic, and modulated by the network itself: Miconi et al. 2019 (arXiv 2002.10585), 4.3, from
 * y(t-1) alone.
 *   f, i, o = sigmoid(x @ input + y(t-1) @ recurrent + bias); candidate = tanh(x @ U + y(t-1) @ W + bias)
 *   c(t) = f c(t-1) + i candidate;  y(t) = o tanh(c(t));  then W's traces learn from pre = y(t-1) and post, U's from x(t)
 */
export class Lstm implements Cell<LstmState> {
  readonly inputs: number;
  readonly neurons: number;
  readonly forget: Gate;
  readonly write: Gate;
  readonly output: Gate;
  /** Of the candidate, [1, neurons]. */
  readonly bias: Parameter;
  /** What leads to the candidate. */
  readonly afferents: Afferents;
  readonly modulator: Modulator | null;
  private readonly post: keyof LstmActivity;
  private readonly modulatorReads: "hidden" | "previous" | "cell";

  /** @throws TypeError if the rule's signals are not those that the modulator gives */
  constructor(device: Device, options: LstmOptions, random: Gaussian) {
    expectLayerOptions("lstm", options, kinds, ["inputs", "neurons"]);
    const { inputs, neurons, rule = nonplastic, name = "lstm" } = options;
    const std = 1 / Math.sqrt(neurons);
    this.inputs = inputs;
    this.neurons = neurons;
    // An open forget gate lets gradients through from the start (Gers et al. 2000).
    this.forget = new Gate(device, `${name}.forget`, inputs, neurons, random, { bias: 1 });
    this.write = new Gate(device, `${name}.write`, inputs, neurons, random);
    this.output = new Gate(device, `${name}.output`, inputs, neurons, random);
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
    expectSignals("lstm", rule, this.modulator);
    this.post = options.post ?? "candidate";
    this.modulatorReads = options.modulatorReads ?? "hidden";
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    const gates = [this.forget, this.write, this.output].flatMap((gate) => gate.parameters);
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

  begin(tape: Tape, steps?: number): LstmState {
    const zero = () => tape.filled(tape.batch, this.neurons, 0);
    return { y: zero(), c: zero(), ...this.afferents.begin(tape, steps) };
  }

  step(tape: Tape, state: LstmState, input: Tensor): CellStep<LstmState> {
    expectInput("lstm.step", tape, this, input);
    return this.stepOn(tape, state, input, (gate) => gate.project(tape, input));
  }

  /**
   * Many steps one after the other, whose inputs [steps * batch, inputs], row t * batch + b, are known: outputs
   * [steps * batch, neurons] in the same order, and the state after the last. The same as `step` after `step`, but for rounding. What
   * inputs bring to gates (and to the candidate, unless those connections learn) is one product over all of them.
   *
   * @throws RangeError for another shape
   */
  segment(tape: Tape, state: LstmState, inputs: Tensor): { outputs: Tensor; state: LstmState } {
    const { batch } = tape;
    const steps = stepsOf("lstm.segment", tape, this, inputs);
    const gates = [this.forget, this.write, this.output];
    const projected = new Map(gates.map((gate) => [gate, gate.project(tape, inputs)]));
    const candidate = this.afferents.project(tape, inputs);
    let now = state;
    const outputs = Array.from({ length: steps }, (_, t) => {
      const of = (all: Tensor) => tape.rows(all, t * batch, batch);
      const brought = (gate: Gate) => of(projected.get(gate)!);
      const step = this.stepOn(tape, now, of(inputs), brought, candidate && of(candidate));
      now = step.state;
      return step.output;
    });
    return { outputs: concatRows(tape, outputs), state: now };
  }

  /** A step on an input [batch, inputs] that brings so much to each gate, and to the candidate, if that is known already. */
  private stepOn(
    tape: Tape,
    state: LstmState,
    input: Tensor,
    brought: (gate: Gate) => Tensor,
    toCandidate: Tensor | null = null,
  ): CellStep<LstmState> {
    const { y, c } = state;
    const {
      hidden: read,
      input: fromInput,
      state: afferents,
    } = this.afferents.read(state, y, input, toCandidate);
    const [candidate, cell] = map(tape, cellState, [
      ...this.forget.terms(tape, brought(this.forget), y),
      ...this.write.terms(tape, brought(this.write), y),
      fromInput!,
      read,
      tape.param(this.bias),
      c,
    ]) as [Tensor, Tensor];
    const hidden = map(tape, output, [...this.output.terms(tape, brought(this.output), y), cell])[0]!;
    const activity: LstmActivity = { read, candidate, cell, hidden };
    const modulator = this.modulator?.apply(tape, { ...activity, previous: y }[this.modulatorReads]);
    const learned = this.afferents.update(afferents, {
      ...{ y, x: input, post: activity[this.post] },
      ...(modulator && { m: modulator }),
    });
    return { output: hidden, state: { y: hidden, c: cell, ...learned }, modulator };
  }

  mapTraces(state: LstmState, change: TraceChange): LstmState {
    return this.afferents.mapTraces(state, change);
  }

  /** The same cell with other connections to the candidate. See `plastic`. */
  withAfferents(afferents: Afferents, modulator: Modulator | null): Lstm {
    return Object.assign(Object.create(Lstm.prototype) as Lstm, this, { afferents, modulator });
  }
}
