import type { Rule } from "../../rules/rule.js";
import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import type { Products } from "./products.js";

/** True where `PlainTraces` will do: several episodes of a connection whose weight is w and nothing else. */
export const isPlain = ({ rule, batch }: TraceOptions): boolean => batch > 1 && weightIsW(rule);

const weightIsW = ({ traces, weight, params }: Rule): boolean =>
  traces.length === 0 && weight.kind === "name" && params[weight.name]?.per === "connection";

/**
 * A connection without traces, for several episodes: z = x @ w as a dense product, which reads w once for four episodes where
 * a sweep reads it for each. Adds up as sweeps do, to and fro, so that alpha = 0 and no alpha have the same outputs.
 */
export class PlainTraces implements Traces {
  private readonly sweeps: Sweep[] = [];
  private readonly pairs: { readonly x: Buffer; readonly d: Buffer }[] = [];
  private gradient: Buffer | undefined;
  private readonly key: string;
  private readonly w: Buffer;
  private readonly batch: number;

  constructor(
    private readonly products: Products,
    { rule, params, batch }: TraceOptions,
  ) {
    this.batch = batch;
    this.key = (rule.weight as { readonly name: string }).name;
    this.w = params[this.key]!;
  }

  forward(sweep: Sweep): void {
    const { read } = sweep;
    const descending = this.sweeps.push(sweep) % 2 === 0;
    if (read) this.products.matmul(read.out, read.x, this.w, { descending }, this.batch);
  }

  backward(index: number, { out, x }: SweepAdjoint, params: Readonly<Record<string, Buffer>>): void {
    const { read } = this.sweeps[index]!;
    if (!read || !out) return;
    if (x) this.products.matmul(x, out, this.w, { transposeB: true, accumulate: true }, this.batch);
    this.gradient = params[this.key];
    if (this.gradient) this.pairs.push({ x: read.x, d: out });
  }

  finish(): void {
    if (this.gradient) this.products.outerSum(this.gradient, this.pairs);
    this.pairs.length = 0;
  }

  read(trace: string): never {
    throw new Error(`a connection that does not learn has no trace ${trace}`);
  }
  load(trace: string): never {
    return this.read(trace);
  }
  addAdjoint(trace: string): never {
    return this.read(trace);
  }
}
