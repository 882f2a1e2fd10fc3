import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { defineMap, type MapDefinition, map, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { Afferents, type AfferentsState, type PlasticityOptions } from "./afferents.js";
import { expectLayerOptions, type Kinds, plasticityKinds } from "./expectLayerOptions.js";
import { type Cell, type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";

/** The input is added to what the other neurons send: y = tanh(z + u). Miconi et al. 2018, eq. 1. */
export const addedInput: MapDefinition = defineMap(["z", "u"], { y: "tanh(z + u)" });
/** Neurons with non-zero input take it as their output; the others follow the network (image completion). */
export const clampedInput: MapDefinition = defineMap(["z", "u"], { y: "where(u, u, tanh(z))" });

/** Sizes and rule of a `PlasticRnn`. */
export interface PlasticRnnOptions extends PlasticityOptions {
  readonly neurons: number;
  /**
   * Numbers in the input of a step, if it has weights and a bias of its own: u = x @ U + bias. Unless given, each neuron is
   * given a number of its own, and `from` can only be "hidden".
   */
  readonly inputs?: number;
  readonly rule: Rule;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** What the modulator reads: the output y(t) (default), or that of the step before, y(t-1). */
  readonly modulatorReads?: "hidden" | "previous";
  /** `addedInput` (default) or `clampedInput`, or your own equation of z and u. */
  readonly activation?: MapDefinition;
  /** As in `PlasticConnectionOptions`; the name is "recurrent" unless given. */
  readonly std?: number;
  readonly alphaStd?: number;
  readonly w?: Parameter;
  readonly fixed?: readonly string[];
  readonly name?: string;
}

/** What a `PlasticRnn` carries from one step to the next. */
export interface PlasticRnnState extends AfferentsState {
  /** The neurons' outputs, [batch, neurons]. */
  readonly y: Tensor;
}

const kinds: Kinds = {
  neurons: "size",
  inputs: "size",
  rule: "rule",
  ...plasticityKinds,
  modulator: "other",
  modulatorReads: ["hidden", "previous"],
  activation: "other",
  std: "other",
  alphaStd: "other",
  w: "other",
  fixed: "constants",
  name: "other",
};

const withBias = defineMap(["u", "b"], { u: "u + b" });

/**
 * Fully recurrent network with plastic connections: y(t) = f(y(t-1) @ W(t), u(t)); then every connection learns
 * from pre = y(t-1) and post = y(t). Miconi et al. 2018 (arXiv 1804.02464), eq. 1-2. Where the input has weights of its own,
 * u(t) = x(t) @ U + bias, they may learn too, from pre = x(t). A modulator reads y(t) and says how much is learned. Miconi et al. 2019 (arXiv 2002.10585), eq. 3-5.
 */
export class PlasticRnn implements Cell<PlasticRnnState> {
  readonly neurons: number;
  readonly inputs: number;
  /** What leads to the neurons. */
  readonly afferents: Afferents;
  /** Of the neurons, [1, neurons], where the input has weights of its own. */
  readonly bias: Parameter | null;
  readonly modulator: Modulator | null;
  private readonly activation: MapDefinition;
  private readonly modulatorReads: "hidden" | "previous";

  /** @throws TypeError if the rule's signals are not those that the modulator gives, or nothing can be plastic `from` there */
  constructor(device: Device, options: PlasticRnnOptions, random: Gaussian) {
    expectLayerOptions("plasticRnn", options, kinds, ["neurons", "rule"]);
    const { neurons, inputs, activation = addedInput, name = "recurrent", std = 0.01, w, from } = options;
    if (inputs === undefined && from !== undefined && from !== "hidden") {
      throw new TypeError(
        `plasticRnn: from is "${from}", but its input has no weights; say how many \`inputs\` there are, or pass "hidden"`,
      );
    }
    this.neurons = neurons;
    this.inputs = inputs ?? neurons;
    this.activation = activation;
    this.modulatorReads = options.modulatorReads ?? "hidden";
    this.afferents = Afferents.make(
      device,
      {
        ...options,
        hidden: { name, std, w },
        // As those of a linear layer.
        ...(inputs !== undefined && {
          input: { name: `${name}.input`, inputs, std: 1 / Math.sqrt(inputs) },
        }),
      },
      random,
    );
    this.bias = inputs === undefined ? null : new Parameter(`${name}.bias`, device, 1, neurons, null);
    this.modulator = options.modulator?.(device, neurons, random) ?? null;
    expectSignals("plasticRnn", options.rule, this.modulator);
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters() {
    const bias = this.bias ? [this.bias] : [];
    return [...this.afferents.parameters, ...bias, ...(this.modulator?.parameters ?? [])];
  }

  /** y(t-1) -> neurons. */
  get connection() {
    return this.afferents.hidden;
  }
  get connections() {
    return this.afferents.connections;
  }

  begin(tape: Tape, steps?: number): PlasticRnnState {
    return { y: tape.filled(tape.batch, this.neurons, 0), ...this.afferents.begin(tape, steps) };
  }

  step(tape: Tape, state: PlasticRnnState, input: Tensor): CellStep<PlasticRnnState> {
    expectInput("plasticRnn.step", tape, this, input);
    const { hidden: z, input: brought, state: afferents } = this.afferents.read(state, state.y, input);
    const u = brought ? map(tape, withBias, [brought, tape.param(this.bias!)])[0]! : input;
    const y = map(tape, this.activation, [z, u])[0]!;
    const modulator = this.modulator?.apply(tape, { hidden: y, previous: state.y }[this.modulatorReads]);
    const vectors = { y: state.y, x: input, post: y, ...(modulator && { m: modulator }) };
    return { output: y, state: { y, ...this.afferents.update(afferents, vectors) }, modulator };
  }

  mapTraces(state: PlasticRnnState, change: TraceChange): PlasticRnnState {
    return this.afferents.mapTraces(state, change);
  }

  /** The same cell with other connections to its neurons. See `plastic`. */
  withAfferents(afferents: Afferents, modulator: Modulator | null): PlasticRnn {
    return Object.assign(Object.create(PlasticRnn.prototype) as PlasticRnn, this, { afferents, modulator });
  }
}

/** A plain recurrent network: the same cell, with connections that do not change during an episode. */
export function plainRnn(
  device: Device,
  options: Omit<PlasticRnnOptions, "rule">,
  random: Gaussian,
): PlasticRnn {
  return new PlasticRnn(device, { ...options, rule: nonplastic }, random);
}
