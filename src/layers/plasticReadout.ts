import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import { type Parameter, softmax, type Tape, type Tensor, type TraceState } from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import { expectInput, type Gaussian, type Layer } from "./layer.js";
import { PlasticConnection } from "./plasticConnection.js";

/** Sizes and rule of a `PlasticReadout`. */
export interface PlasticReadoutOptions {
  /** Numbers that describe an example. */
  readonly inputs: number;
  readonly classes: number;
  /** How examples are learned, e.g. `oja`; `withRates(oja, { alpha: "layer" })` for a single alpha. */
  readonly rule: Rule;
  readonly std?: number;
  /** Constants of the rule that stay as they are initialised. */
  readonly fixed?: readonly string[];
  /** Parameters are called `name`.w and so on; "readout" unless given. */
  readonly name?: string;
}

/**
 * A classifier that learns classes from examples within an episode: y = softmax(x @ W), or, where a label is given, the
 * label itself; then the traces learn from pre = x and post = y. Miconi et al. 2018 (arXiv 1804.02464), 4.3, where a label
 * adds 1000 to its output before the softmax: here that limit is taken exactly, and nothing overflows.
 */
export class PlasticReadout implements Layer {
  readonly inputs: number;
  readonly classes: number;
  readonly connection: PlasticConnection;

  constructor(device: Device, options: PlasticReadoutOptions, random: Gaussian) {
    const kinds: Kinds = {
      inputs: "size",
      classes: "size",
      rule: "rule",
      std: "other",
      fixed: "constants",
      name: "other",
    };
    expectLayerOptions("plasticReadout", options, kinds, ["inputs", "classes", "rule"]);
    const { inputs, classes, name = "readout" } = options;
    this.inputs = inputs;
    this.classes = classes;
    this.connection = new PlasticConnection(device, { ...options, name, pre: inputs, post: classes }, random);
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    return this.connection.parameters;
  }

  /** Its traces at the start of an episode. `steps`: how many there will be, if known; traces then take less memory. */
  begin(tape: Tape, steps?: number): TraceState {
    return this.connection.begin(tape, steps);
  }

  /**
   * x [batch, inputs] -> y [batch, classes], the probability of each class. `label` [batch, classes], one-hot, is the
   * answer itself; null asks for it. Throws a RangeError for other shapes.
   */
  step(
    tape: Tape,
    traces: TraceState,
    x: Tensor,
    label: Tensor | null,
  ): { output: Tensor; traces: TraceState } {
    expectInput("plasticReadout.step", tape, this, x);
    if (label) {
      return { output: label, traces: this.connection.update(traces, { pre: x, post: label }) };
    }
    const { output, traces: read } = this.answer(tape, traces, x);
    return { output, traces: this.connection.update(read, { pre: x, post: output }) };
  }

  /** As `step` without a label, but nothing is learned from it: several questions may follow one another. */
  answer(tape: Tape, traces: TraceState, x: Tensor): { output: Tensor; traces: TraceState } {
    expectInput("plasticReadout.answer", tape, this, x);
    const read = this.connection.read(traces, x);
    return { output: softmax(tape, read.z), traces: read.traces };
  }
}
