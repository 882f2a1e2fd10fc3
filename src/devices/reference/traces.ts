import { compileFormula, derive, type Formula, namesIn } from "../../formulas/index.js";
import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import { matrixOf, type ReferenceBuffer } from "./matrix.js";
import { type Operand, operandsOf } from "./operands.js";

/** Numbers by name: the values of operands, or their adjoints. */
type Arrays = Readonly<Record<string, Float64Array>>;

/** A formula of the rule with its partial derivative in every operand it names. */
interface Equation {
  readonly value: (values: readonly number[]) => number;
  readonly partials: readonly {
    readonly of: Operand;
    readonly value: (values: readonly number[]) => number;
  }[];
}

/** What one forward sweep leaves for its backward. */
interface SweepRecord {
  /** The update's operands: old traces, parameters and vectors. */
  readonly update: Arrays | null;
  /** The read's operands: the traces after the update, and parameters. */
  readonly read: Arrays | null;
  readonly x: ReferenceBuffer | null;
}

/**
 * Traces by definition: every version of every trace is kept, every formula and derivative is evaluated
 * at every connection of every episode. Slow and plain: what other devices are compared with.
 */
export class ReferenceTraces implements Traces {
  private readonly operands: readonly Operand[];
  private readonly weight: Equation;
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
    this.weight = this.equation(rule.weight);
    this.update = rule.traces.map((trace) => ({ trace, equation: this.equation(rule.update[trace]!) }));
    this.params = this.collect("traces", "param", options.params);
    this.current = this.newTraces((trace) => rule.initial[trace]!);
    this.carried = this.newTraces(() => 0);
  }

  forward(sweep: Sweep): void {
    const { batch, pre, post } = this.options;
    if (!sweep.update && !sweep.read)
      throw new TypeError("traces.forward: a sweep needs an update, a read, or both");
    this.started = true;
    const update = sweep.update
      ? { ...this.current, ...this.params, ...this.collect("traces.forward", "vector", sweep.update) }
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
    const read = sweep.read ? { ...this.current, ...this.params } : null;
    const x = sweep.read ? matrixOf("traces.forward: x", batch, pre, sweep.read.x) : null;
    if (sweep.read && read && x) {
      const out = matrixOf("traces.forward: out", batch, post, sweep.read.out);
      const valuesAt = this.reader(read);
      out.data.fill(0);
      this.eachConnection((b, i, j) => {
        out.data[b * post + j]! += x.data[b * pre + i]! * this.weight.value(valuesAt(b, i, j));
      });
    }
    if (this.options.differentiable) this.sweeps.push({ update, read, x });
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
    const paramGrads = this.collect("traces.backward", "param", params, "partly");
    if (sweep.read && sweep.x && adjoint.out) this.backwardRead(sweep.read, sweep.x, adjoint, paramGrads);
    if (sweep.update) this.backwardUpdate(sweep.update, adjoint, paramGrads);
  }

  finish(): void {
    // Nothing is deferred: every backward adds its gradients at once.
  }

  /** z_j = sum_i x_i W_ij: dx_i += W_ij dz_j, and W_ij passes x_i dz_j on to its parameters and traces. */
  private backwardRead(values: Arrays, x: ReferenceBuffer, adjoint: SweepAdjoint, paramGrads: Arrays): void {
    const { batch, pre, post } = this.options;
    const dz = matrixOf("traces.backward: out", batch, post, adjoint.out).data;
    const dx = adjoint.x && matrixOf("traces.backward: x", batch, pre, adjoint.x).data;
    const valuesAt = this.reader(values);
    const addPartials = adder(this.weight, { ...this.carried, ...paramGrads });
    this.eachConnection((b, i, j) => {
      const here = valuesAt(b, i, j);
      const dOut = dz[b * post + j]!;
      if (dx) dx[b * pre + i]! += dOut * this.weight.value(here);
      addPartials(here, dOut * x.data[b * pre + i]!, b, i, j);
    });
  }

  /** The carried adjoint of the new traces becomes that of the old ones; the vectors and parameters take their part. */
  private backwardUpdate(values: Arrays, adjoint: SweepAdjoint, paramGrads: Arrays): void {
    const vectorGrads = this.collect("traces.backward", "vector", adjoint.update ?? {}, "partly");
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

  /** The arrays of all operands of one kind out of buffers by name; with "partly", of those that are there. */
  private collect(
    where: string,
    kind: Operand["kind"],
    buffers: Readonly<Record<string, Buffer>>,
    missing: "refused" | "partly" = "refused",
  ): Arrays {
    const found: Record<string, Float64Array> = {};
    for (const { name, rows, cols } of this.operands.filter((operand) => operand.kind === kind)) {
      if (missing === "partly" && !buffers[name]) continue;
      found[name] = matrixOf(`${where}: ${name}`, rows, cols, buffers[name]).data;
    }
    return found;
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

const positionIn = (operand: Operand, b: number, i: number, j: number): number =>
  b * operand.strideB + i * operand.strideI + j * operand.strideJ;

/** Adds d * (partial derivative) to the adjoint of every operand of the equation that has one. */
function adder(equation: Equation, grads: Arrays) {
  const wanted = equation.partials.flatMap(({ of, value }) => {
    const grad = grads[of.name];
    return grad ? [{ of, value, grad }] : [];
  });
  return (values: readonly number[], d: number, b: number, i: number, j: number): void => {
    for (const { of, value, grad } of wanted) grad[positionIn(of, b, i, j)]! += d * value(values);
  };
}
