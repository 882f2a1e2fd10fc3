import type { Rate } from "../../formulas/index.js";
import type { Buffer, Pair, Sweep, SweepAdjoint, TraceOptions, UpdateBuffers } from "../device.js";
import type { VersionAddresses } from "../episode/versions.js";
import { readInput, readVector } from "../passes/forward.js";
import { type EngineBuffer, own } from "./buffer.js";
import type { Command, WorkSplit } from "./command.js";
import type { Gradients } from "./gradients.js";
import type { Kernels, SweepKernel } from "./kernels.js";
import type { Arena } from "./machine.js";
import type { Program } from "./program.js";
import type { Slots, Sums } from "./sums.js";
import { readRows } from "./sweepBlock.js";

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
  readonly reads: Sweep["reads"];
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

/** A vector, and where its adjoint is to go. */
interface Summed {
  readonly rate: Rate;
  readonly adjoint: (adjoint: SweepAdjoint) => Buffer | undefined;
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
  private readonly ofNamedReads = new Map<string, (Binding | undefined)[]>();

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
  private touched({ update, read, reads = {}, back }: SweepCall): Pick<Command, "reads" | "writes"> {
    const all = (buffers: UpdateBuffers | undefined) => Object.values(buffers ?? {}).map(own);
    const named = Object.values(reads);
    const taken = [...this.params, ...all(update), ...named.flatMap(({ vectors }) => all(vectors))];
    if (read) taken.push(own(read.x), ...all(read.vectors));
    const sent = named.map(({ out }) => own(out));
    if (!back) return { reads: taken, writes: read ? [own(read.out), ...sent] : sent };
    const { adjoint, gradients } = back;
    const writes = [...gradients.direct, ...all(adjoint.update), ...all(adjoint.vectors)];
    if (read) taken.push(own(adjoint.out!));
    if (adjoint.x) writes.push(own(adjoint.x));
    for (const key of Object.keys(reads)) {
      const { out, vectors } = adjoint.reads![key]!;
      taken.push(own(out));
      writes.push(...all(vectors));
    }
    return { reads: taken, writes };
  }

  /** Made once an episode for each kind of sweep. */
  private binding(call: SweepCall): Binding {
    const { update, read, reads, flush, back } = call;
    const bits =
      (back ? 0 : 1) + (update ? 2 : 0) + (read ? 4 : 0) + (back?.inverted ? 8 : 0) + (flush ? 16 : 0);
    const bindings = reads ? this.namedBindings(Object.keys(reads)) : this.bindings;
    let binding = bindings[bits];
    if (!binding) {
      const kernel = this.kernel(call);
      const constants: Readonly<Record<string, number>> = { ...this.constants, ...back?.gradients.words };
      const words = kernel.words.map((word) => constants[word] ?? 0);
      const varying = kernel.words.flatMap((word, index) => {
        const value = word in constants ? null : this.argument(word);
        return value ? [{ index, value }] : [];
      });
      binding = { kernel, words, varying };
      bindings[bits] = binding;
    }
    return binding;
  }
  private namedBindings(reads: readonly string[]): (Binding | undefined)[] {
    const key = reads.join();
    let bindings = this.ofNamedReads.get(key);
    if (!bindings) {
      bindings = [];
      this.ofNamedReads.set(key, bindings);
    }
    return bindings;
  }

  private kernel(call: SweepCall): SweepKernel {
    const { rule, pre, post } = this.options;
    const { flush, back } = call;
    const [update, read, reads] = [
      call.update !== undefined,
      call.read !== undefined,
      Object.keys(call.reads ?? {}),
    ];
    const direction = back ? "backward" : "forward";
    const inverted = back?.inverted ?? false;
    const wanted = back?.gradients.wanted ?? [];
    const kind = { pre, post, direction, update, read, reads, inverted, flush, wanted } as const;
    return this.engine.kernels.sweep(rule, Object.values(kind).join("|"), () => kind);
  }

  /** How an argument word follows from a sweep. */
  private argument(word: string): Value | null {
    const { options } = this;
    const [kind, name = "", vector = ""] = word.split(":");
    const trace = options.rule.traces.indexOf(name);
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
      case "read":
        return (call) => own((name === "read" ? call.read! : call.reads![name]!).vectors![vector]!).address;
      case "dz":
        return ({ back }) => own((name ? back!.adjoint.reads![name]! : back!.adjoint).out!).address;
      case "z":
        return (call, combined) => {
          const out = own((name ? call.reads![name]! : call.read!).out);
          const isShared = this.byRows && (!name || options.rule.reads[name]!.per === "post");
          return isShared ? this.shared(combined, out, false) : out.address;
        };
      case "column":
        return this.columnSums();
      case "slot":
        if (name === "column") return this.slotStride("post");
        // Threads' partial sums lie a slot apart; where one thread makes the whole sum there are none.
        return this.byRows ? this.slotStride(name === "z" ? "post" : this.summed(vector).rate) : null;
      default:
        return this.sumFor(this.summed(name));
    }
  }

  /** Where a sum goes that a sweep backward adds to. */
  private sumFor({ rate, adjoint }: Summed): Value {
    const { engine, options } = this;
    const cols = rate === "pre" ? options.pre : rate === "post" ? options.post : 1;
    return ({ back }, combined) => {
      const asked = adjoint(back!.adjoint);
      const target = asked && own(asked);
      if (!this.byRows || rate === "pre") return target ? target.address : this.dummy(options.batch, cols);
      return this.shared(combined, target ?? engine.scratch(1, cols), rate === "episode");
    };
  }

  /** The vector whose adjoint is summed under a name: one of the update, or one of a read, as `vector(read)`. */
  private summed(name: string): Summed {
    const { vectors, weightVectors, reads } = this.options.rule;
    if (name === readInput) return { rate: "pre", adjoint: ({ x }) => x };
    for (const [key, rate] of Object.entries(weightVectors))
      if (name === readVector(key, "read")) return { rate, adjoint: (adjoint) => adjoint.vectors?.[key] };
    for (const [read, taken] of Object.entries(reads))
      for (const [key, rate] of Object.entries(taken.vectors))
        if (name === readVector(key, read))
          return { rate, adjoint: (adjoint) => adjoint.reads?.[read]?.vectors[key] };
    return { rate: vectors[name]!, adjoint: ({ update }) => update?.[name] };
  }

  /** Null for sums that no two threads make, as none runs over rows. */
  private slotStride(rate: Rate): Value | null {
    if (rate === "pre") return null;
    const stride = this.engine.sums.strideFor(
      rate === "episode" ? 8 : this.engine.kernels.strideOf(this.options.post),
    );
    return () => stride;
  }
  /** A row for each thread, which its kernel clears itself: sums over the rows of the episode that it has at hand. */
  private columnSums(): Value {
    const { arena, kernels, sums, threads } = this.engine;
    const address = arena.scratch(threads * sums.strideFor(kernels.strideOf(this.options.post)));
    return () => address;
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
