import type { Buffer, Pair, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import type { Products } from "../engine/products.js";

/** The parameter that is all of the weight, where `PlainTraces` will do: several episodes of a connection without traces. */
export function plainWeight({ rule, batch }: TraceOptions): string | null {
  const { traces, reads, weight, params } = rule;
  const isParameter = weight.kind === "name" && params[weight.name]?.per === "connection";
  return batch > 1 && traces.length === 0 && Object.keys(reads).length === 0 && isParameter
    ? weight.name
    : null;
}

/**
 * A connection without traces, for several episodes: z = x @ w as a dense product, which reads w once for four episodes where
 * a sweep reads it for each. Adds up as sweeps do, to and fro, so that alpha = 0 and no alpha have the same outputs.
 */
export class PlainTraces implements Traces {
  readonly copies = 0;
  private readonly sweeps: Sweep[] = [];
  private readonly pairs: Pair[] = [];
  private gradient: Buffer | undefined;
  private readonly w: Buffer;
  private readonly batch: number;

  constructor(
    private readonly products: Products,
    { params, batch }: TraceOptions,
    private readonly weight: string,
  ) {
    this.batch = batch;
    this.w = params[weight]!;
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
    this.gradient = params[this.weight];
    if (this.gradient) this.pairs.push({ x: read.x, d: out });
  }

  finish(): void {
    if (this.gradient) this.products.outerSum(this.gradient, this.pairs, this.batch);
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
