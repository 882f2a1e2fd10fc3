import type { Buffer, Pair, Sweep, SweepAdjoint, TraceOptions } from "../device.js";
import type { VersionAddresses } from "../episode/versions.js";
import { sumOfReadInput } from "../passes/sweep.js";
import { type EngineBuffer, own } from "./buffer.js";
import type { Command, WorkSplit } from "./command.js";
import type { Gradients } from "./gradients.js";
import type { Kernels, SweepKernel } from "./kernels.js";
import type { Arena } from "./machine.js";
import type { Program } from "./program.js";
import type { Slots, Sums } from "./sums.js";
import { readRows, sweepSpec } from "./sweepSpec.js";

/** What traces need of their device. */
export interface TraceResources {
  readonly arena: Arena;
  readonly program: Program;
  readonly kernels: Kernels;
  readonly sums: Sums;
  readonly threads: number;
  scratch(rows: number, cols: number): EngineBuffer;
  fill(buffers: readonly Buffer[], value: number): void;
  outerSum(out: Buffer, pairs: readonly Pair[]): void;
}

/** One sweep, as its kernel's arguments need it. */
export interface SweepCall {
  readonly update: Sweep["update"];
  readonly read: Sweep["read"];
  readonly from: VersionAddresses;
  readonly to: VersionAddresses;
  /** Rows from last to first: every other sweep, so that it begins with what is still in the cache. */
  readonly descending: boolean;
  /** Sets tiny numbers to zero. */
  readonly flush: boolean;
  /** What a sweep backward has besides. */
  readonly back?: {
    readonly adjoint: SweepAdjoint;
    /** Adjoints of the traces. */
    readonly traces: VersionAddresses;
    readonly gradients: Gradients;
    /** The trace before the update is found by inverting it. */
    readonly inverted: boolean;
  };
}

/** Sums in the threads' slots that are to be added up after a sweep. */
interface Combined {
  readonly slots: Slots;
  readonly target: EngineBuffer;
}

type Value = (call: SweepCall, combined: Combined[]) => number;

/** A kernel, and where each of its arguments comes from. */
interface Binding {
  readonly kernel: SweepKernel;
  readonly words: number[];
  readonly varying: readonly { readonly index: number; readonly value: Value }[];
}

/** Chooses the kernel for each sweep of an episode, fills in its arguments and records it. */
export class SweepCalls {
  /** Threads divide the rows of a single episode; several episodes are divided among threads. */
  private readonly byRows: boolean;
  private readonly split: WorkSplit;
  private readonly constants: Record<string, number>;
  private readonly params: readonly EngineBuffer[];
  private readonly dummies = new Map<string, number>();
  private readonly bindings: (Binding | undefined)[] = [];

  constructor(
    private readonly engine: TraceResources,
    private readonly options: TraceOptions,
  ) {
    const { batch, pre, post, params, rule } = options;
    const work = batch * pre * post;
    this.byRows = batch === 1 && engine.program.isShared(work);
    this.split = this.byRows
      ? { by: "rows", extent: pre, grain: readRows, work }
      : batch === 1
        ? { by: "nothing", extent: 1 }
        : { by: "episodes", work };
    this.params = Object.keys(rule.params).map((key) => own(params[key]!));
    this.constants = { byRows: this.byRows ? 1 : 0 };
    for (const key of Object.keys(rule.params)) this.constants[`param:${key}`] = own(params[key]!).address;
  }

  record(call: SweepCall): void {
    const { kernel, words, varying } = this.binding(call);
    const combined: Combined[] = [];
    const { program, sums } = this.engine;
    program.push({
      kernel: kernel.index,
      split: this.split,
      words: () => {
        for (const { index, value } of varying) words[index] = value(call, combined);
        return words;
      },
      ...this.touched(call),
    });
    for (const { slots, target } of combined) program.push(sums.combine(slots, target, !call.back));
  }

  /** Buffers that a sweep reads, and those that it writes or adds to. */
  private touched({ update, read, back }: SweepCall): Pick<Command, "reads" | "writes"> {
    const reads = [...this.params, ...(update ? Object.values(update).map(own) : [])];
    if (read) reads.push(own(read.x));
    if (!back) return { reads, writes: read ? [own(read.out)] : [] };
    const { adjoint, gradients } = back;
    const writes = [...gradients.direct, ...(adjoint.update ? Object.values(adjoint.update).map(own) : [])];
    if (read) reads.push(own(adjoint.out!));
    if (adjoint.x) writes.push(own(adjoint.x));
    return { reads, writes };
  }

  /** Made once an episode for each kind of sweep. */
  private binding(call: SweepCall): Binding {
    const { update, read, flush, back } = call;
    const kind =
      (back ? 0 : 1) + (update ? 2 : 0) + (read ? 4 : 0) + (back?.inverted ? 8 : 0) + (flush ? 16 : 0);
    let binding = this.bindings[kind];
    if (!binding) {
      const kernel = this.kernel(call);
      const constants: Readonly<Record<string, number>> = { ...this.constants, ...back?.gradients.words };
      const words = kernel.words.map((word) => constants[word] ?? 0);
      const varying = kernel.words.flatMap((word, index) => {
        const value = word in constants ? null : this.argument(word);
        return value ? [{ index, value }] : [];
      });
      binding = { kernel, words, varying };
      this.bindings[kind] = binding;
    }
    return binding;
  }

  private kernel(call: SweepCall): SweepKernel {
    const { rule, pre, post } = this.options;
    const { flush, back } = call;
    const [update, read] = [call.update !== undefined, call.read !== undefined];
    const direction = back ? "backward" : "forward";
    const inverted = back?.inverted ?? false;
    const wanted = back?.gradients.wanted ?? [];
    const key = [ruleKey(rule), pre, post, direction, update, read, inverted, flush, wanted].join("|");
    const { kernels } = this.engine;
    const kind = { direction, update, read, inverted, flush, wanted } as const;
    return kernels.sweep(key, () => sweepSpec(rule, pre, post, kind, kernels.target));
  }

  /** How an argument word follows from a sweep. */
  private argument(word: string): Value | null {
    const { engine, options } = this;
    const [kind, name = ""] = word.split(":");
    const trace = options.rule.traces.indexOf(name);
    const { batch, pre, post } = options;
    switch (kind) {
      case "descending":
        return (call) => (call.descending ? 1 : 0);
      case "from":
        return (call) => call.from[trace]!;
      case "to":
        return (call) => call.to[trace]!;
      case "adjoint":
        return (call) => call.back?.traces[trace] ?? 0;
      case "vector":
        return (call) => own(call.update![name]!).address;
      case "x":
        return (call) => own(call.read!.x).address;
      case "dz":
        return (call) => own(call.back!.adjoint.out!).address;
      case "z":
        return (call, combined) => {
          const out = own(call.read!.out);
          return this.byRows ? this.shared(combined, out, false) : out.address;
        };
      case "slot":
        // Threads' partial sums lie a slot apart; where one thread makes the whole sum there are none.
        return this.byRows && this.isShared(name) ? () => this.slotStride(name) : null;
      default: {
        if (name === sumOfReadInput.slice(4))
          return ({ back }) => (back!.adjoint.x ? own(back!.adjoint.x).address : this.dummy(batch, pre));
        const isNumber = options.rule.signals[name] === "episode";
        const cols = name === "pre" ? pre : isNumber ? 1 : post;
        return ({ back }, combined) => {
          const asked = back!.adjoint.update?.[name];
          const target = asked && own(asked);
          if (!this.byRows || !this.isShared(name)) return target ? target.address : this.dummy(batch, cols);
          return this.shared(combined, target ?? engine.scratch(1, cols), isNumber);
        };
      }
    }
  }

  /** True for sums that run over rows, so that threads which divide the rows each have a part. */
  private isShared(name: string): boolean {
    return name !== "pre" && name !== sumOfReadInput.slice(4);
  }
  private slotStride(name: string): number {
    const isNumber = this.options.rule.signals[name] === "episode";
    return this.engine.sums.strideFor(isNumber ? 8 : this.engine.kernels.strideOf(this.options.post));
  }
  /** Slots for a sum that several threads make, to be combined into `target` after the sweep. */
  private shared(combined: Combined[], target: EngineBuffer, isNumber: boolean): number {
    const { sums } = this.engine;
    const slots = isNumber ? sums.takeNumber() : sums.take(target.bytes);
    combined.push({ slots, target });
    return slots.address;
  }

  /** A place for adjoints that nobody asked for. */
  private dummy(rows: number, cols: number): number {
    const key = `${rows}x${cols}`;
    let place = this.dummies.get(key);
    if (place === undefined) {
      place = this.engine.scratch(rows, cols).address;
      this.dummies.set(key, place);
    }
    return place;
  }
}

const keys = new WeakMap<object, string>();
/** Rules with the same equations share kernels. */
function ruleKey(rule: TraceOptions["rule"]): string {
  let key = keys.get(rule);
  if (key === undefined) {
    key = JSON.stringify([rule.definition, rule.params]);
    keys.set(rule, key);
  }
  return key;
}
