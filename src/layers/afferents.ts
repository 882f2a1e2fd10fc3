import type { Device } from "../devices/device.js";
import { nonplastic } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import { matmul, Parameter, type Tape, type Tensor, type TraceState } from "../tape/index.js";
import { type Gaussian, gaussian, type Layer, type TraceChange } from "./layer.js";
import { PlasticConnection } from "./plasticConnection.js";

/** Which connections to a cell's neurons (or candidates) learn: those from its output, those from its input, or both. */
export type PlasticFrom = "hidden" | "input" | "both";

/**
 * What is paired with a step's post: what the connections brought to it in this step, or in the step before (zeros at an
 * episode's start). The latter binds a thing to what followed it.
 */
export type PreStep = "present" | "previous";

/** Which connections of a cell learn during an episode, and from what. */
export interface PlasticityOptions {
  /** Which connections learn; "hidden" unless given. */
  readonly from?: PlasticFrom;
  /** Which step's activity is the rule's pre; "present" unless given. */
  readonly pre?: PreStep;
}

export interface AfferentsOptions extends PlasticityOptions {
  readonly neurons: number;
  readonly rule: Rule;
  /** Those from the output: their w starts normal with `std`. */
  readonly hidden: { readonly name: string; readonly std: number; readonly w?: Parameter };
  /** Those from the input, if they are the cell's own: `name` is also that of their w. */
  readonly input?: { readonly name: string; readonly inputs: number; readonly std: number };
  /** Standard deviation of the first alphas; that of w unless given. */
  readonly alphaStd?: number;
  readonly fixed?: readonly string[];
}

/** What a cell's state has of them. A cell's state may hold it beside fields of its own. */
export interface AfferentsState {
  /** Of the connections from the output. */
  readonly traces: TraceState;
  /** Of those from the input, if the cell has any. */
  readonly inputTraces?: TraceState;
  /** Output and input as the step before was given them, where the rule's pre is that. */
  readonly previous?: { readonly y?: Tensor; readonly x?: Tensor };
}

/** The sums that the connections bring, each [batch, neurons]. */
interface Brought {
  /** y(t-1) @ W. */
  readonly hidden: Tensor;
  /** x(t) @ W; null where the input has no connections of its own. */
  readonly input: Tensor | null;
  readonly state: AfferentsState;
}

/**
 * All connections to a recurrent cell's neurons: from their output of the step before, and from the input. Either of them,
 * or both, learn by a rule. That is one matrix over [y, x] cut in two: no rule's update looks at another row than its own.
 *   z = y(t-1) @ W + x(t) @ U;  then W's traces learn from pre = y(t-1) and post, U's from pre = x(t) and post;
 *   with pre of the step before: from y(t-2) and x(t-1)
 */
export class Afferents implements Layer {
  private constructor(
    /** y(t-1) -> neurons, [neurons, neurons]. */
    readonly hidden: PlasticConnection,
    /** x(t) -> neurons, [inputs, neurons]. */
    readonly input: PlasticConnection | null,
    private readonly pre: PreStep,
  ) {}

  /** Draws the input's weights before those from the output. */
  static make(device: Device, options: AfferentsOptions, random: Gaussian): Afferents {
    const { neurons, rule, hidden, input, from = "hidden", pre = "present", alphaStd, fixed } = options;
    const ruleOf = (source: PlasticFrom) => (from === source || from === "both" ? rule : nonplastic);
    const inputRule = ruleOf("input");
    const drawn = input && gaussian(random, input.inputs * neurons, input.std);
    const w =
      input && Object.hasOwn(inputRule.params, "w")
        ? new Parameter(input.name, device, input.inputs, neurons, drawn!)
        : undefined;
    const shared = { post: neurons, alphaStd, fixed };
    const fromOutput = new PlasticConnection(
      device,
      { ...shared, ...hidden, rule: ruleOf("hidden"), pre: neurons },
      random,
    );
    const fromInput =
      input &&
      new PlasticConnection(device, { ...shared, ...input, rule: inputRule, pre: input.inputs, w }, random);
    return new Afferents(fromOutput, fromInput ?? null, pre);
  }

  /** As `plastic` makes a plain cell learn: the same w, with a rule. Throws a TypeError where there is nothing to make plastic. */
  learning(
    device: Device,
    { rule, alpha, from = "hidden", pre = "present", fixed }: PlasticityOptions & LearningOptions,
    random: Gaussian,
  ): Afferents {
    const plastic = this.connections.find((each) => each.rule.traces.length > 0);
    if (plastic) {
      throw new TypeError(
        `plastic: the cell already learns by the rule ${plastic.rule.name}; pass a plain one`,
      );
    }
    if (from !== "hidden" && !this.input) {
      throw new TypeError(
        `plastic: from is "${from}", but this cell has no weights for its input; give it some (\`inputs\`), or pass "hidden"`,
      );
    }
    const learns = (connection: PlasticConnection) => {
      const { name, pre: rows, post } = connection;
      const w = connection.parameter("w");
      return new PlasticConnection(
        device,
        { name, rule, pre: rows, post, alphaStd: alpha, fixed, w },
        random,
      );
    };
    const hidden = from === "input" ? this.hidden : learns(this.hidden);
    const input = from === "hidden" ? this.input : learns(this.input!);
    return new Afferents(hidden, input, pre);
  }

  /** Those of its connections that learn. */
  get connections(): PlasticConnection[] {
    return this.input ? [this.hidden, this.input] : [this.hidden];
  }

  /** Its parameters, in the order in which files and checkpoints have them. */
  get parameters(): Parameter[] {
    return this.connections.flatMap((connection) => connection.parameters);
  }

  /** The traces of all of them at the start of an episode. `steps`: how many there will be, if known. */
  begin(tape: Tape, steps?: number): AfferentsState {
    const { hidden, input } = this;
    const before = (connection: PlasticConnection | null) =>
      this.pre === "previous" && connection && connection.rule.traces.length > 0
        ? tape.filled(tape.batch, connection.pre, 0)
        : undefined;
    const [y, x] = [before(hidden), before(input)];
    return {
      traces: hidden.begin(tape, steps),
      ...(input && { inputTraces: input.begin(tape, steps) }),
      ...((y || x) && { previous: { ...(y && { y }), ...(x && { x }) } }),
    };
  }

  /** x @ U of many steps at once, [rows, inputs] -> [rows, neurons]; null where U learns from step to step, or there is none. */
  project(tape: Tape, x: Tensor): Tensor | null {
    return this.input?.rule === nonplastic ? matmul(tape, x, tape.param(this.input.parameter("w"))) : null;
  }

  /** y [batch, neurons] of the step before, x [batch, inputs] of this one; what it brings, where `project` has told. */
  read(
    { traces, inputTraces, previous }: AfferentsState,
    y: Tensor,
    x: Tensor,
    projected: Tensor | null = null,
  ): Brought {
    const hidden = this.hidden.read(traces, y);
    const input = projected ? null : this.input?.read(inputTraces!, x);
    return {
      hidden: hidden.z,
      input: projected ?? input?.z ?? null,
      state: {
        traces: hidden.traces,
        ...(inputTraces && { inputTraces: input?.traces ?? inputTraces }),
        ...(previous && { previous }),
      },
    };
  }

  /**
   * The traces after the neurons' activity: what was read, y [batch, neurons] and x [batch, inputs]; post [batch, neurons],
   * and the rule's signals.
   */
  update(
    { traces, inputTraces, previous }: AfferentsState,
    { y, x, ...vectors }: Readonly<{ y: Tensor; x: Tensor; post: Tensor; m?: Tensor }>,
  ): AfferentsState {
    const { hidden, input } = this;
    const learned = (connection: PlasticConnection, state: TraceState, pre: Tensor) =>
      // A connection that does not learn needs no signals.
      connection.rule.traces.length > 0 ? connection.update(state, { pre, ...vectors }) : state;
    return {
      traces: learned(hidden, traces, previous?.y ?? y),
      ...(input && { inputTraces: learned(input, inputTraces!, previous?.x ?? x) }),
      ...(previous && { previous: { ...(previous.y && { y }), ...(previous.x && { x }) } }),
    };
  }

  /** The state with what `change` makes of the traces of each connection. */
  mapTraces<State extends AfferentsState>(state: State, change: TraceChange): State {
    const { traces, inputTraces } = state;
    return {
      ...state,
      traces: change(traces, this.hidden),
      ...(this.input && { inputTraces: change(inputTraces!, this.input) }),
    };
  }
}

interface LearningOptions {
  readonly rule: Rule;
  /** Standard deviation of the first alphas. */
  readonly alpha: number;
  readonly fixed?: readonly string[];
}
