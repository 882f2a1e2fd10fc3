import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/index.js";
import { defineMap, map, type Tape, type Tensor } from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import type { SignalGate } from "./fastWeightsGates.js";
import { FastWeightsHead, type FastWeightsHeadState } from "./fastWeightsHead.js";
import { type CellStep, expectInput, type Gaussian, type TraceChange } from "./layer.js";
import { type SequenceCell, stepsOf } from "./sequenceCell.js";

/** Sizes and rule of a `FastWeights` layer. */
export interface FastWeightsOptions {
  /** Numbers in an input and in an output. */
  readonly width: number;
  /** How memory learns: any rule, such as `gatedDelta` or `kimiDelta`. Its signals become gates of the input. */
  readonly rule: Rule;
  /** Memories side by side; 1 unless given. */
  readonly heads?: number;
  /** Numbers in a head's key and query, and in its value; width / heads unless given. A head's state is keySize x valueSize. */
  readonly keySize?: number;
  readonly valueSize?: number;
  /** Steps, the present one included, that keys, values and queries are made of; 4 unless given. */
  readonly taps?: number;
  /** Gates of signals whose names the library does not know, or other ones. */
  readonly gates?: Readonly<Record<string, SignalGate>>;
  /** "fastWeights" unless given. */
  readonly name?: string;
}

/** The states of the heads. */
export type FastWeightsState = readonly FastWeightsHeadState[];

const added = defineMap(["a", "b"], { y: "a + b" });

/**
 * A fast-weight layer: each head's memory is a plastic connection from keys to values whose rule learns a key and a value a step,
 * and then answers a query of the same step. Keys and queries are L2-normalised, and with values go through a short convolution
 * and x * sigmoid(x); answers are RMS-normalised. As in Schlag et al. 2021 (arXiv 2102.11174) and Yang et al. 2024 (arXiv
 * 2412.06464), with any rule in its place.
 *
 *     q, k, v = silu(convolution(W x));  H learns from pre = k / |k|, post = v;  y = sum over heads of W_o rms(q / |q| @ H)
 */
export class FastWeights implements SequenceCell<FastWeightsState> {
  readonly inputs: number;
  readonly neurons: number;
  readonly heads: readonly FastWeightsHead[];

  /** @throws RangeError for sizes that do not fit, or a rule with a signal that has no gate */
  constructor(device: Device, options: FastWeightsOptions, random: Gaussian) {
    const kinds: Kinds = {
      width: "other",
      rule: "rule",
      heads: "other",
      keySize: "other",
      valueSize: "other",
      taps: "other",
      gates: "other",
      name: "other",
    };
    expectLayerOptions("fastWeights", options, kinds, ["width", "rule"]);
    const { width, rule, heads = 1, taps = 4, gates = {}, name = "fastWeights" } = options;
    const { keySize = width / heads, valueSize = width / heads } = options;
    for (const [what, size] of Object.entries({ width, heads, keySize, valueSize })) {
      if (Number.isInteger(size) && size >= 1) continue;
      throw new RangeError(
        `fastWeights: ${what} must be a whole number of at least 1, got ${size}; width / heads unless given`,
      );
    }
    this.inputs = width;
    this.neurons = width;
    this.heads = Array.from({ length: heads }, (_, h) => {
      const head = { name: `${name}.head${h}`, inputs: width, rule, keySize, valueSize, taps, gates };
      return new FastWeightsHead(device, head, random);
    });
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters() {
    return this.heads.flatMap(({ parameters }) => parameters);
  }

  get connections() {
    return this.heads.map(({ connection }) => connection);
  }

  begin(tape: Tape, steps?: number): FastWeightsState {
    return this.heads.map((head) => head.begin(tape, steps));
  }

  step(tape: Tape, state: FastWeightsState, input: Tensor): CellStep<FastWeightsState> {
    expectInput("fastWeights.step", tape, this, input);
    const steps = this.heads.map((head, h) => head.step(tape, state[h]!, input));
    return { output: total(tape, steps), state: steps.map((step) => step.state) };
  }

  whole(tape: Tape, inputs: Tensor): { outputs: Tensor; state: FastWeightsState } {
    stepsOf("fastWeights.whole", tape, this, inputs);
    const lived = this.heads.map((head) => head.whole(tape, inputs));
    return { outputs: total(tape, lived), state: lived.map(({ state }) => state) };
  }

  mapTraces(state: FastWeightsState, change: TraceChange): FastWeightsState {
    return this.heads.map(({ connection }, h) => ({
      ...state[h]!,
      traces: change(state[h]!.traces, connection),
    }));
  }
}

const total = (tape: Tape, parts: readonly { readonly y: Tensor }[]): Tensor =>
  parts.map(({ y }) => y).reduce((sum, y) => map(tape, added, [sum, y])[0]!);
