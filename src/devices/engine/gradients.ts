import type { Buffer, Pair, TraceOptions } from "../device.js";
import { deferred } from "../passes/sweep.js";
import { type EngineBuffer, own } from "./buffer.js";
import type { Program } from "./program.js";
import type { Slots, Sums } from "./sums.js";

/**
 * Where the gradients of a rule's parameters are added up on the way back: directly, in a slot for each thread, or, where
 * they are the sum of x_i dz_j alone, by one product at the end.
 */
export class Gradients {
  readonly wanted: readonly string[];
  /** Argument words of sweeps: address, and bytes between threads' sums. */
  readonly words: Readonly<Record<string, number>>;
  private readonly slots = new Map<string, Slots>();
  /** Gradients that sweeps add to where they lie. */
  readonly direct: EngineBuffer[] = [];
  /** Those that one product makes at the end. */
  private readonly late: readonly string[];
  private readonly pairs: Pair[] = [];

  constructor(
    private readonly params: Readonly<Record<string, Buffer>>,
    sums: Sums,
    { rule, batch }: TraceOptions,
    threads: number,
  ) {
    this.wanted = Object.keys(params).sort();
    this.late = deferred(rule).filter((key) => key in params);
    const words: Record<string, number> = {};
    for (const key of this.wanted) {
      if (this.late.includes(key)) continue;
      const target = own(params[key]!);
      const { per } = rule.params[key]!;
      if (per === "connection" && (batch === 1 || threads === 1)) {
        // Nobody else adds to the same row: every thread writes to the gradient itself.
        this.direct.push(target);
        words[`sum:${key}`] = target.address;
        words[`slot:sum:${key}`] = 0;
        continue;
      }
      const slots = per === "layer" ? sums.takeNumber() : sums.take(target.bytes);
      this.slots.set(key, slots);
      words[`sum:${key}`] = slots.address;
      words[`slot:sum:${key}`] = slots.stride;
    }
    this.words = words;
  }

  /** Notes the vectors of a read, for what is computed at the end. */
  note(pair: Pair): void {
    if (this.late.length > 0) this.pairs.push(pair);
  }

  finish(program: Program, outerSum: (out: Buffer, pairs: readonly Pair[]) => void): void {
    for (const [key, slots] of this.slots) program.combineLater(slots, own(this.params[key]!));
    this.slots.clear();
    for (const key of this.late) outerSum(this.params[key]!, this.pairs);
    this.pairs.length = 0;
  }
}
