import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import {
  openTraces,
  Parameter,
  readNamed,
  readTraces,
  type Tape,
  type Tensor,
  type TraceState,
  updateTraces,
} from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";

/** Name, rule and sizes of a `PlasticConnection`, and how its parameters start. */
export interface PlasticConnectionOptions {
  /** Parameters are called `name`.w, `name`.alpha and so on, in checkpoints too. */
  readonly name: string;
  /** The rule; share alpha or a constant differently with `withRates(rule, { alpha: "layer", eta: "post" })`. */
  readonly rule: Rule;
  /** Presynaptic and postsynaptic neurons. */
  readonly pre: number;
  readonly post: number;
  /** Standard deviation of the initial w (and of alpha); 0.01 in Miconi et al. 2018. */
  readonly std?: number;
  /** Standard deviation of the initial alpha, where it is another than that of w. */
  readonly alphaStd?: number;
  /** A w that exists already, to be shared. */
  readonly w?: Parameter;
  /** Names of the rule's constants that stay as they are initialised, e.g. ["eta"]. */
  readonly fixed?: readonly string[];
}

/**
 * All-to-all connection with weight W(w, alpha, traces), whose traces change while an episode lasts.
 * Miconi et al. 2018 (arXiv 1804.02464), eq. 1-2, for any rule. w and alpha start normal, the rule's constants at `init`.
 */
export class PlasticConnection implements Layer {
  readonly name: string;
  readonly rule: Rule;
  readonly pre: number;
  readonly post: number;
  private readonly byName: Readonly<Record<string, Parameter>>;

  constructor(device: Device, options: PlasticConnectionOptions, random: Gaussian) {
    const { name, rule, pre, post, std = 0.01, alphaStd = std, fixed = [] } = options;
    // A connection is also made of options of the layer that it is in; that has looked through them.
    const kinds: Kinds = { rule: "rule", pre: "size", post: "size" };
    expectLayerOptions("plasticConnection", { rule, pre, post }, kinds, ["rule", "pre", "post"]);
    this.name = name;
    this.rule = rule;
    this.pre = pre;
    this.post = post;
    const size = { layer: [1, 1], pre: [1, pre], post: [1, post], connection: [pre, post] } as const;
    this.byName = Object.fromEntries(
      Object.entries(rule.params).map(([key, { per, init }]) => {
        const [rows, cols] = size[per];
        if (key === "w" && options.w) return [key, options.w];
        const spread = key === "w" ? std : key === "alpha" ? alphaStd : null;
        const start =
          spread === null ? new Float32Array(rows * cols).fill(init) : gaussian(random, rows * cols, spread);
        return [key, new Parameter(`${name}.${key}`, device, rows, cols, start, !fixed.includes(key))];
      }),
    );
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    return Object.values(this.byName);
  }

  /** A parameter of the rule: "w", "alpha", "eta"... Throws an Error for a name that the rule does not use. */
  parameter(key: string): Parameter {
    const found = this.byName[key];
    if (!found) {
      throw new Error(
        `the rule ${this.rule.name} has no parameter ${key}; it has ${Object.keys(this.byName).join(", ")}`,
      );
    }
    return found;
  }

  /** The traces at the start of an episode of `tape.batch` lifetimes; `steps` (reads), if known, saves memory. */
  begin(tape: Tape, steps?: number): TraceState {
    const params = Object.fromEntries(
      Object.entries(this.byName).map(([key, param]) => [key, tape.param(param)]),
    );
    return openTraces(tape, this.rule, params, this.pre, this.post, steps, this.name);
  }

  /**
   * z = x @ W: [batch, pre] -> [batch, post]. `next`: what the update will be told that follows, where it is known already; a rule
   * whose update reads the traces then needs one pass over them a step, not two.
   */
  read(
    traces: TraceState,
    x: Tensor,
    next?: Readonly<Record<string, Tensor>>,
  ): { z: Tensor; traces: TraceState } {
    return readTraces(traces, x, next);
  }

  /** A read by its name in the rule, of pre, post and signals as far as it names them: [batch, pre] or [batch, post]. */
  readNamed(
    traces: TraceState,
    read: string,
    vectors: Readonly<Record<string, Tensor>>,
  ): { value: Tensor; traces: TraceState } {
    return readNamed(traces, read, vectors);
  }

  /** The traces after the neurons' activity: pre [batch, pre], post [batch, post] and the rule's signals. */
  update(traces: TraceState, vectors: Readonly<Record<string, Tensor>>): TraceState {
    return updateTraces(traces, vectors);
  }
}
