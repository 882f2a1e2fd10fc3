import { linearDecay } from "../../rules/linearDecay.js";
import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import { deferred, type SweepSpec, sumOfReadInput } from "./kernels/sweepFormulas.js";
import type { Kernels, SweepKernel } from "./kernels.js";
import { strideOf } from "./layout.js";
import { type EngineMemory, WasmBuffer } from "./memory.js";
import type { TracePlan } from "./plan.js";
import type { Program, Split } from "./program.js";
import type { Slots, Sums } from "./sums.js";

/** What traces need of their device. */
export interface Engine {
  readonly memory: EngineMemory;
  readonly program: Program;
  readonly kernels: Kernels;
  readonly sums: Sums;
  readonly threads: number;
  scratch(rows: number, cols: number): WasmBuffer;
  fill(buffers: readonly Buffer[], value: number): void;
  outerSum(out: Buffer, pairs: readonly { readonly x: Buffer; readonly d: Buffer }[]): void;
}

interface RecordedSweep extends Sweep {
  /** Versions of the traces before and after this sweep's update. */
  readonly before: number;
  readonly after: number;
}

interface Combined {
  readonly slots: Slots;
  readonly target: WasmBuffer;
}

/** One sweep, as its kernel's arguments need it. */
interface SweepCall {
  readonly update: Sweep["update"];
  readonly read: Sweep["read"];
  readonly from: Place;
  readonly to: Place;
  /** Rows from last to first: every other sweep, so that it begins with what is still in the cache. */
  readonly descending: boolean;
  readonly adjoint?: SweepAdjoint;
  /** Sums in the threads' slots that are to be added up afterwards. */
  readonly combined: Combined[];
}

interface Binding {
  readonly kernel: SweepKernel;
  readonly words: number[];
  readonly varying: readonly { readonly index: number; readonly value: (call: SweepCall) => number }[];
}

/** Addresses of one version of every trace. */
type Place = readonly number[];

const address = (buffer: Buffer): number => (buffer as WasmBuffer).address;
/** Rows and vectors that a kernel takes at once: see docs/decisions/003-engine-measurements.md. */
const readShape = { rows: 2, width: 2 };
/** Of matrices that no core's own cache holds: a single stream of each is what processors fetch ahead best. */
const streamedShape = { rows: 1, width: 2 };
const streamedBytes = 1024 * 1024;
const updateShape = { rows: 4, width: 2 };
const backwardShape = { rows: 1, width: 4 };
/** Steps between those that set tiny numbers to zero: 1e-32 decayed tenfold a step for so long is no subnormal yet. */
const flushEvery = 4;

/** The traces of one episode: where each version lies, and which fused kernel runs when. */
export class WasmTraces implements Traces {
  private readonly sweeps: RecordedSweep[] = [];
  private version = 0;
  /** Sweeps so far: they go to and fro, also over plain connections, whose sums then have the order of plastic ones. */
  private turns = 0;
  /** Checkpoint k holds version k * segment. */
  private readonly checkpoints: Place[] = [];
  private work: Place | null = null;
  /** Versions of one segment that were computed again, by version. */
  private recomputed = new Map<number, Place>();
  private spare: Place[] = [];
  private adjoint: Place | null = null;
  private gradients: {
    readonly wanted: readonly string[];
    readonly words: Readonly<Record<string, number>>;
  } | null = null;
  private parameters: Readonly<Record<string, Buffer>> = {};
  private readonly slots = new Map<string, Slots>();
  private readonly pairs = new Map<string, { x: Buffer; d: Buffer }[]>();
  /** Threads divide the rows of a single episode; several episodes are divided among threads. */
  private readonly byRows: boolean;
  private readonly split: Split;
  private readonly matrixBytes: number;
  private readonly constants: Record<string, number>;
  private readonly dummies = new Map<string, number>();
  private readonly bindings: (Binding | undefined)[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly options: TraceOptions,
    private readonly plan: TracePlan,
  ) {
    const { batch, pre, post, params, rule } = options;
    const work = batch * pre * post;
    this.byRows = batch === 1 && engine.program.isShared(work);
    this.split = this.byRows
      ? { by: "rows", extent: pre, grain: readShape.rows, work }
      : batch === 1
        ? { by: "nothing", extent: 1 }
        : { by: "episodes", work };
    this.matrixBytes = batch * pre * strideOf(post) * 4;
    this.constants = { byRows: this.byRows ? 1 : 0 };
    for (const key of Object.keys(rule.params)) this.constants[`param:${key}`] = address(params[key]!);
    if (rule.traces.length > 0) this.checkpoints.push(this.allocate());
    rule.traces.forEach((trace, i) => {
      this.fill(this.checkpoints[0]![i]!, rule.initial[trace]!);
    });
  }

  forward(sweep: Sweep): void {
    const before = this.version;
    const after = sweep.update ? before + 1 : before;
    this.version = after;
    if (this.options.differentiable) this.sweeps.push({ ...sweep, before, after });
    this.runForward(
      sweep,
      before,
      this.placeOf(before),
      sweep.update ? this.placeFor(after) : this.placeOf(before),
      this.turns++ % 2 === 1,
    );
  }

  read(trace: string, out: Buffer): void {
    this.copy(this.placeOf(this.version)[this.indexOf(trace)]!, address(out));
  }

  load(trace: string, from: Buffer): void {
    this.copy(address(from), this.placeOf(0)[this.indexOf(trace)]!);
  }

  addAdjoint(trace: string, grad: Buffer): void {
    const vectors = this.matrixBytes / 16;
    this.engine.program.push(
      this.engine.kernels.basic.add!,
      { by: "rows", extent: vectors, grain: 4, work: vectors * 4 },
      [this.adjoints()[this.indexOf(trace)]!, address(grad)],
    );
  }

  backward(index: number, adjoint: SweepAdjoint, params: Readonly<Record<string, Buffer>>): void {
    const sweep = this.sweeps[index]!;
    const read = sweep.read && adjoint.out ? sweep.read : undefined;
    if (!sweep.update && !read) return;
    this.gradients ??= this.openGradients(params);
    const inverted = this.plan.mode === "invert" && sweep.update !== undefined;
    const from = this.plan.mode === "invert" ? this.placeOf(sweep.after) : this.placeBefore(sweep.before);
    const to = inverted ? this.workPlace() : from;
    if (read) for (const pairs of this.pairs.values()) pairs.push({ x: read.x, d: adjoint.out! });
    const combined: Combined[] = [];
    const flush = sweep.before % flushEvery === 0;
    this.push(this.binding("backward", sweep.update !== undefined, read !== undefined, inverted, flush), {
      update: sweep.update,
      read,
      from,
      to,
      descending: index % 2 === 0,
      adjoint,
      combined,
    });
    for (const { slots, target } of combined) this.engine.sums.combine(slots, target, false);
  }

  finish(): void {
    for (const [key, slots] of this.slots) {
      this.engine.sums.combine(slots, this.parameters[key] as WasmBuffer, false);
    }
    this.slots.clear();
    for (const [key, pairs] of this.pairs) this.engine.outerSum(this.parameters[key]!, pairs);
    this.pairs.clear();
  }

  private runForward(sweep: Sweep, before: number, from: Place, to: Place, descending: boolean): void {
    const { update, read } = sweep;
    const combined: Combined[] = [];
    const flush = before % flushEvery === 0;
    this.push(this.binding("forward", update !== undefined, read !== undefined, false, flush), {
      update,
      read,
      from,
      to,
      descending,
      combined,
    });
    for (const { slots, target } of combined) this.engine.sums.combine(slots, target, true);
  }

  /** Fills in a kernel's arguments for one sweep and records it. */
  private push(binding: Binding, call: SweepCall): void {
    const { words } = binding;
    for (const { index, value } of binding.varying) words[index] = value(call);
    this.engine.program.push(binding.kernel.index, this.split, words);
  }

  /** The kernel for a kind of sweep, and where each of its arguments comes from; made once an episode. */
  private binding(
    direction: SweepSpec["direction"],
    update: boolean,
    read: boolean,
    inverted: boolean,
    flush: boolean,
  ): Binding {
    const key =
      (direction === "forward" ? 1 : 0) +
      (update ? 2 : 0) +
      (read ? 4 : 0) +
      (inverted ? 8 : 0) +
      (flush ? 16 : 0);
    let binding = this.bindings[key];
    if (!binding) {
      const kernel = this.kernel(direction, update, read, inverted, flush);
      const constants: Readonly<Record<string, number>> = { ...this.constants, ...this.gradients?.words };
      const words = kernel.words.map((word) => constants[word] ?? 0);
      const varying = kernel.words.flatMap((word, index) => {
        const value = word in constants ? null : this.argument(word);
        return value ? [{ index, value }] : [];
      });
      binding = { kernel, words, varying };
      this.bindings[key] = binding;
    }
    return binding;
  }

  /** How an argument word follows from a sweep. */
  private argument(word: string): ((call: SweepCall) => number) | null {
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
        return this.gradients ? () => this.adjoints()[trace]! : null;
      case "vector":
        return (call) => address(call.update![name]!);
      case "x":
        return (call) => address(call.read!.x);
      case "dz":
        return (call) => address(call.adjoint!.out!);
      case "z":
        return (call) => {
          if (!this.byRows) return address(call.read!.out);
          return this.shared(call, call.read!.out as WasmBuffer, false);
        };
      case "slot":
        // Threads' partial sums lie a slot apart; where one thread makes the whole sum there are none.
        return this.byRows && this.isShared(name) ? () => this.slotStride(name) : null;
      default: {
        if (name === sumOfReadInput.slice(4))
          return (call) => (call.adjoint!.x ? address(call.adjoint!.x) : this.dummy(batch, pre));
        const isNumber = options.rule.signals[name] === "episode";
        const cols = name === "pre" ? pre : isNumber ? 1 : post;
        return (call) => {
          const target = call.adjoint!.update?.[name] as WasmBuffer | undefined;
          if (!this.byRows || !this.isShared(name)) return target ? target.address : this.dummy(batch, cols);
          return this.shared(call, target ?? engine.scratch(1, cols), isNumber);
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
    return this.engine.sums.strideFor(isNumber ? 8 : strideOf(this.options.post) * 4);
  }
  /** Slots for a sum that several threads make, to be combined into `target` after the sweep. */
  private shared(call: SweepCall, target: WasmBuffer, isNumber: boolean): number {
    const { sums } = this.engine;
    const slots = isNumber ? sums.takeNumber() : sums.take(target.bytes);
    call.combined.push({ slots, target });
    return slots.address;
  }

  /** Where gradients of the rule's parameters are added up: directly, or in a slot for each thread. */
  private openGradients(params: Readonly<Record<string, Buffer>>) {
    const { rule, batch } = this.options;
    this.parameters = params;
    const wanted = Object.keys(params).sort();
    const words: Record<string, number> = {};
    const late = deferred(rule);
    for (const key of wanted) {
      const target = params[key] as WasmBuffer;
      if (late.includes(key)) {
        this.pairs.set(key, []);
        continue;
      }
      const { per } = rule.params[key]!;
      if (per === "connection" && (batch === 1 || this.engine.threads === 1)) {
        // Nobody else adds to the same row: every thread writes to the gradient itself.
        words[`sum:${key}`] = target.address;
        words[`slot:${key}`] = 0;
        continue;
      }
      const { sums } = this.engine;
      const slots = per === "layer" ? sums.takeNumber() : sums.take(target.bytes);
      this.slots.set(key, slots);
      words[`sum:${key}`] = slots.address;
      words[`slot:${key}`] = slots.stride;
    }
    return { wanted, words };
  }

  private get readShape() {
    const { pre, post } = this.options;
    return pre * strideOf(post) * 4 < streamedBytes ? readShape : streamedShape;
  }

  private kernel(
    direction: SweepSpec["direction"],
    update: boolean,
    read: boolean,
    inverted: boolean,
    flush: boolean,
  ): SweepKernel {
    const { rule, pre, post } = this.options;
    const wanted = direction === "backward" ? this.gradients!.wanted : [];
    const key = [ruleKey(rule), pre, post, direction, update, read, inverted, flush, wanted].join("|");
    return this.engine.kernels.sweep(key, () => ({
      rule,
      pre,
      post,
      direction,
      update,
      read,
      wanted,
      inverse: inverted ? linearDecay(rule) : null,
      flush,
      ...(direction === "backward" ? backwardShape : read ? this.readShape : updateShape),
    }));
  }

  /** Where a version lies that was reached by the forward pass, or by walking back. */
  private placeOf(version: number): Place {
    if (this.options.rule.traces.length === 0) return [];
    const { segment } = this.plan;
    if (version === 0) return this.checkpoints[0]!;
    return version % segment === 0 ? this.checkpoints[version / segment]! : this.workPlace();
  }

  /** Where the forward pass puts a new version. */
  private placeFor(version: number): Place {
    const { mode, segment } = this.plan;
    if (mode === "forget") return this.checkpoints[0]!;
    if (version % segment !== 0) return this.workPlace();
    this.checkpoints[version / segment] = this.allocate();
    return this.checkpoints[version / segment]!;
  }

  /** A version that the backward pass reads: a checkpoint, or computed again from the one before it. */
  private placeBefore(version: number): Place {
    const { segment } = this.plan;
    if (this.options.rule.traces.length === 0 || version % segment === 0) return this.placeOf(version);
    if (!this.recomputed.has(version)) {
      this.spare.push(...this.recomputed.values());
      this.recomputed = new Map();
      const start = version - (version % segment);
      let from = this.checkpoints[start / segment]!;
      for (const sweep of this.sweeps) {
        if (!sweep.update || sweep.before < start || sweep.before >= version) continue;
        const to = this.spare.pop() ?? this.allocate();
        this.runForward({ update: sweep.update }, sweep.before, from, to, sweep.before % 2 === 1);
        this.recomputed.set(sweep.after, to);
        from = to;
      }
    }
    return this.recomputed.get(version)!;
  }

  private workPlace(): Place {
    this.work ??= this.plan.mode === "forget" ? this.checkpoints[0]! : this.allocate();
    return this.work;
  }

  private adjoints(): Place {
    if (!this.adjoint) {
      this.adjoint = this.allocate();
      for (const place of this.adjoint) this.fill(place, 0);
    }
    return this.adjoint;
  }

  private allocate(): Place {
    return this.options.rule.traces.map(() => this.engine.memory.scratch(this.matrixBytes));
  }

  private fill(place: number, value: number): void {
    const { engine, options } = this;
    if (value !== 0) {
      engine.fill([new WasmBuffer(options.batch * options.pre, options.post, place, "scratch")], value);
      return;
    }
    const extent = this.matrixBytes / 16;
    engine.program.push(engine.kernels.basic.zero!, { by: "rows", extent, grain: 4, work: extent }, [place]);
  }

  private copy(from: number, to: number): void {
    const extent = this.matrixBytes / 16;
    this.engine.program.push(
      this.engine.kernels.basic.copy!,
      { by: "rows", extent, grain: 4, work: extent * 4 },
      [from, to],
    );
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

  private indexOf(trace: string): number {
    const index = this.options.rule.traces.indexOf(trace);
    if (index < 0) {
      throw new Error(
        `the rule ${this.options.rule.name} has no trace ${trace}; it has ${this.options.rule.traces.join(", ")}`,
      );
    }
    return index;
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
