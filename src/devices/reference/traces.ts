import { call, compileFormula, derive, type Formula, name, namesIn } from "../../formulas/index.js";
import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces, UpdateBuffers } from "../device.js";
import {
  type Arrays,
  adder,
  arrays,
  type Equation,
  everyAdjoint,
  everyRead,
  MAIN,
  positionIn,
} from "./arrays.js";
import { matrixOf, type ReferenceBuffer } from "./matrix.js";
import { inputOperand, type Operand, operandsOf } from "./operands.js";

/** A sum that a sweep reads. */
interface Sum {
  readonly equation: Equation;
  readonly per: "pre" | "post";
  /** What it takes beside traces and parameters. */
  readonly vectors: readonly string[];
}

/** What one forward sweep leaves for its backward. */
interface SweepRecord {
  /** The update's operands: old traces, parameters and vectors. */
  readonly update: Arrays | null;
  /** Each read's operands by its name: the traces after the update, parameters and its vectors. */
  readonly reads: Readonly<Record<string, Arrays>>;
}

/**
 * Traces by definition: every version of every trace is kept, every formula and derivative is evaluated
 * at every connection of every episode. Slow and plain: what other devices are compared with.
 */
export class ReferenceTraces implements Traces {
  copies = 0;
  private readonly operands: readonly Operand[];
  private readonly sums: Readonly<Record<string, Sum>>;
  private readonly update: readonly { readonly trace: string; readonly equation: Equation }[];
  private readonly params: Arrays;
  /** The newest version of each trace. */
  private current: Arrays;
  /** Per trace, dL/d(the version that the backward pass has reached). */
  private carried: Arrays;
  private readonly sweeps: SweepRecord[] = [];
  private started = false;

  constructor(
    private readonly options: TraceOptions,
    /** Told how many bytes each new version takes. */
    private readonly onGrow: (bytes: number) => void,
  ) {
    const { rule, batch, pre, post } = options;
    this.operands = operandsOf(rule, batch, pre, post);
    this.sums = Object.fromEntries([
      [
        MAIN,
        this.sum("post", call("mul", name(inputOperand), rule.weight), [
          inputOperand,
          ...Object.keys(rule.weightVectors),
        ]),
      ],
      ...Object.entries(rule.reads).map(([key, { per, sum, vectors }]) => [
        key,
        this.sum(per, sum, Object.keys(vectors)),
      ]),
    ]);
    this.update = rule.traces.map((trace) => ({ trace, equation: this.equation(rule.update[trace]!) }));
    this.params = arrays("traces", this.parameters, options.params, "refused");
    this.current = this.newTraces((trace) => rule.initial[trace]!);
    this.carried = this.newTraces(() => 0);
  }

  forward(sweep: Sweep): void {
    if (!sweep.update && !sweep.read && !sweep.reads)
      throw new TypeError("traces.forward: a sweep needs an update, a read, or both");
    this.started = true;
    const { rule } = this.options;
    const where = "traces.forward";
    const update = sweep.update
      ? { ...this.current, ...this.params, ...this.vectors(where, Object.keys(rule.vectors), sweep.update) }
      : null;
    if (update) {
      const next = this.newTraces(() => 0);
      const valuesAt = this.reader(update);
      this.eachConnection((b, i, j, at) => {
        const values = valuesAt(b, i, j);
        for (const { trace, equation } of this.update) next[trace]![at] = equation.value(values);
      });
      this.current = next;
    }
    const reads: Record<string, Arrays> = {};
    for (const [key, { out, vectors }] of Object.entries(everyRead(sweep))) {
      const { per, equation, vectors: taken } = this.sums[key]!;
      reads[key] = { ...this.current, ...this.params, ...this.vectors(where, taken, vectors) };
      const sums = this.neurons(`${where}: out`, per, out);
      const valuesAt = this.reader(reads[key]);
      sums.fill(0);
      this.eachConnection((b, i, j) => {
        sums[this.neuron(per, b, i, j)]! += equation.value(valuesAt(b, i, j));
      });
    }
    if (this.options.differentiable) this.sweeps.push({ update, reads });
  }

  read(trace: string, out: Buffer): void {
    this.traceMatrix("traces.read: out", trace, out).data.set(this.current[trace]!);
  }

  load(trace: string, from: Buffer): void {
    if (this.started) throw new Error("traces.load: sweeps have begun; load a trace before the first sweep");
    this.current[trace]!.set(this.traceMatrix("traces.load: from", trace, from).data);
  }

  addAdjoint(trace: string, grad: Buffer): void {
    const carried = this.carried[trace];
    this.traceMatrix("traces.addAdjoint: grad", trace, grad).data.forEach((g, at) => {
      carried![at]! += g;
    });
  }

  backward(index: number, adjoint: SweepAdjoint, params: Readonly<Record<string, Buffer>>): void {
    const sweep = this.sweeps.at(-1);
    if (!sweep || index !== this.sweeps.length - 1) {
      throw new Error(
        `traces.backward: expected sweep ${this.sweeps.length - 1}, got ${index}; ` +
          "go through the sweeps of differentiable traces once, last first",
      );
    }
    this.sweeps.pop();
    const paramGrads = arrays("traces.backward", this.parameters, params, "partly");
    for (const [key, { out, vectors }] of Object.entries(everyAdjoint(adjoint))) {
      const values = sweep.reads[key];
      if (values && out) this.backwardRead(key, values, out, vectors, paramGrads);
    }
    if (sweep.update) this.backwardUpdate(sweep.update, adjoint, paramGrads);
  }

  finish(): void {
    // Nothing is deferred: every backward adds its gradients at once.
  }

  /** s = sum f: everything in f takes ds df/d(...), at every connection of the neuron. */
  private backwardRead(
    key: string,
    values: Arrays,
    out: Buffer,
    vectors: UpdateBuffers,
    paramGrads: Arrays,
  ): void {
    const { per, equation, vectors: taken } = this.sums[key]!;
    const where = "traces.backward";
    const ds = this.neurons(`${where}: out`, per, out);
    const vectorGrads = this.vectors(where, taken, vectors, "partly");
    const valuesAt = this.reader(values);
    const addPartials = adder(equation, { ...this.carried, ...paramGrads, ...vectorGrads });
    this.eachConnection((b, i, j) => {
      addPartials(valuesAt(b, i, j), ds[this.neuron(per, b, i, j)]!, b, i, j);
    });
  }

  /** The carried adjoint of the new traces becomes that of the old ones; the vectors and parameters take their part. */
  private backwardUpdate(values: Arrays, adjoint: SweepAdjoint, paramGrads: Arrays): void {
    const taken = Object.keys(this.options.rule.vectors);
    const vectorGrads = this.vectors("traces.backward", taken, adjoint.update ?? {}, "partly");
    const before = this.newTraces(() => 0);
    const grads = { ...before, ...paramGrads, ...vectorGrads };
    const valuesAt = this.reader(values);
    const updates = this.update.map(({ trace, equation }) => ({
      carried: this.carried[trace]!,
      addPartials: adder(equation, grads),
    }));
    this.eachConnection((b, i, j, at) => {
      const here = valuesAt(b, i, j);
      for (const { carried, addPartials } of updates) addPartials(here, carried[at]!, b, i, j);
    });
    this.carried = before;
  }

  private equation(formula: Formula): Equation {
    const names = this.operands.map((operand) => operand.name);
    const compile = (tree: Formula) => compileFormula(tree, names);
    const used = namesIn(formula);
    return {
      value: compile(formula),
      partials: this.operands
        .filter((operand) => used.has(operand.name))
        .map((of) => ({ of, value: compile(derive(formula, of.name)) })),
    };
  }

  private get parameters(): Operand[] {
    return this.operands.filter(({ kind }) => kind === "param");
  }
  private sum(per: Sum["per"], formula: Formula, vectors: readonly string[]): Sum {
    return { per, equation: this.equation(formula), vectors };
  }

  /** The arrays of the vectors of these names out of buffers by name; with "partly", of those that are there. */
  private vectors(
    where: string,
    names: readonly string[],
    buffers: Readonly<Record<string, Buffer>>,
    missing: "refused" | "partly" = "refused",
  ): Arrays {
    const wanted = this.operands.filter(({ name, kind }) => kind === "vector" && names.includes(name));
    return arrays(where, wanted, buffers, missing);
  }

  /** A number for each neuron at one end. */
  private neurons(what: string, per: Sum["per"], buffer: Buffer): Float64Array {
    return matrixOf(what, this.options.batch, this.options[per], buffer).data;
  }
  private neuron(per: Sum["per"], b: number, i: number, j: number): number {
    return b * this.options[per] + (per === "pre" ? i : j);
  }

  /**
   * Looks up the value of every operand at connection i -> j of episode b, in the order in which formulas were
   * compiled. Each call overwrites what the last one returned.
   */
  private reader(arrays: Arrays): (b: number, i: number, j: number) => readonly number[] {
    const values = this.operands.map(() => Number.NaN);
    const sources = this.operands.flatMap((operand, k) => {
      const data = arrays[operand.name];
      return data ? [{ k, operand, data }] : [];
    });
    return (b, i, j) => {
      for (const { k, operand, data } of sources) values[k] = data[positionIn(operand, b, i, j)]!;
      return values;
    };
  }

  private eachConnection(visit: (b: number, i: number, j: number, at: number) => void): void {
    const { batch, pre, post } = this.options;
    let at = 0;
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < pre; i++) {
        for (let j = 0; j < post; j++) visit(b, i, j, at++);
      }
    }
  }

  private newTraces(value: (trace: string) => number): Arrays {
    // Nothing is given back while the episode lasts.
    this.copies++;
    const { rule, batch, pre, post } = this.options;
    this.onGrow(8 * rule.traces.length * batch * pre * post);
    return Object.fromEntries(
      rule.traces.map((trace) => [trace, new Float64Array(batch * pre * post).fill(value(trace))]),
    );
  }

  private traceMatrix(what: string, trace: string, buffer: Buffer): ReferenceBuffer {
    const { rule, batch, pre, post } = this.options;
    if (!rule.traces.includes(trace)) {
      throw new Error(
        `${what}: the rule ${rule.name} has no trace ${trace}; it has ${rule.traces.join(", ") || "none"}`,
      );
    }
    return matrixOf(what, batch * pre, post, buffer);
  }
}
