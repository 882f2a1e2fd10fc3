import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import {
  defineMap,
  type MapDefinition,
  map,
  type Tape,
  type Tensor,
  type TraceState,
} from "../tape/index.js";
import { type Cell, type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";
import { expectSignals, type Modulator, type ModulatorMaker } from "./modulator.js";
import { PlasticConnection } from "./plasticConnection.js";

/** The input is added to what the other neurons send: y = tanh(z + u). Miconi et al. 2018, eq. 1. */
export const addedInput: MapDefinition = defineMap(["z", "u"], { y: "tanh(z + u)" });
/** Neurons with non-zero input take it as their output; the others follow the network (image completion). */
export const clampedInput: MapDefinition = defineMap(["z", "u"], { y: "where(u, u, tanh(z))" });

export interface PlasticRnnOptions {
  readonly neurons: number;
  readonly rule: Rule;
  /** Gives the rule its signal m, for rules that have one. */
  readonly modulator?: ModulatorMaker;
  /** `addedInput` (default) or `clampedInput`, or your own equation of z and u. */
  readonly activation?: MapDefinition;
  /** As in `PlasticConnectionOptions`; the name is "recurrent" unless given. */
  readonly std?: number;
  readonly fixed?: readonly string[];
  readonly name?: string;
}

export interface PlasticRnnState {
  /** The neurons' outputs, [batch, neurons]. */
  readonly y: Tensor;
  readonly traces: TraceState;
}

/**
 * Fully recurrent network with plastic connections: y(t) = f(y(t-1) @ W(t), u(t)); then every connection learns
 * from pre = y(t-1) and post = y(t). Miconi et al. 2018 (arXiv 1804.02464), eq. 1-2. As many inputs as neurons. A modulator
 * reads y(t) and says how much is learned. Miconi et al. 2019 (arXiv 2002.10585), eq. 3-5.
 */
export class PlasticRnn implements Cell<PlasticRnnState> {
  readonly neurons: number;
  readonly connection: PlasticConnection;
  readonly modulator: Modulator | null;
  private readonly activation: MapDefinition;

  /** @throws TypeError if the rule's signals are not those that the modulator gives */
  constructor(device: Device, options: PlasticRnnOptions, random: Gaussian) {
    const { neurons, activation = addedInput, name = "recurrent" } = options;
    this.neurons = neurons;
    this.activation = activation;
    this.connection = new PlasticConnection(
      device,
      { ...options, name, pre: neurons, post: neurons },
      random,
    );
    this.modulator = options.modulator?.(device, neurons, random) ?? null;
    expectSignals("plasticRnn", options.rule, this.modulator);
  }

  get inputs(): number {
    return this.neurons;
  }
  get parameters() {
    return [...this.connection.parameters, ...(this.modulator?.parameters ?? [])];
  }

  get connections() {
    return [this.connection];
  }

  begin(tape: Tape, steps?: number): PlasticRnnState {
    return { y: tape.filled(tape.batch, this.neurons, 0), traces: this.connection.begin(tape, steps) };
  }

  step(tape: Tape, state: PlasticRnnState, input: Tensor): CellStep<PlasticRnnState> {
    expectInput("plasticRnn.step", tape, this, input);
    const { z, traces } = this.connection.read(state.traces, state.y);
    const y = map(tape, this.activation, [z, input])[0]!;
    const modulator = this.modulator?.apply(tape, y);
    const vectors = { pre: state.y, post: y, ...(modulator && { m: modulator }) };
    return { output: y, state: { y, traces: this.connection.update(traces, vectors) }, modulator };
  }

  mapTraces(state: PlasticRnnState, change: TraceChange): PlasticRnnState {
    return { ...state, traces: change(state.traces, this.connection) };
  }

  /** The same cell with other recurrent connections. See `plastic`. */
  withConnection(connection: PlasticConnection, modulator: Modulator | null): PlasticRnn {
    return Object.assign(Object.create(PlasticRnn.prototype) as PlasticRnn, this, { connection, modulator });
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
