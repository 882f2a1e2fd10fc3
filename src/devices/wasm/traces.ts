import { linearDecay } from "../../rules/linearDecay.js";
import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import type { Kernels, SweepKernel } from "./kernels.js";
import { deferred, type SweepSpec, sumOfReadInput } from "./kernels/sweep.js";
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
  outerSum(out: Buffer, pairs: readonly { readonly x: Buffer; readonly d: Buffer }[]): void;
}

interface RecordedSweep extends Sweep {
  /** Versions of the traces before and after this sweep's update. */
  readonly before: number;
  readonly after: number;
}

/** Addresses of one version of every trace. */
type Place = readonly number[];

const address = (buffer: Buffer): number => (buffer as WasmBuffer).address;
/** Rows in a block, forward and backward: see docs/decisions/003-blocking.md. */
const forwardRows = 4;
const backwardRows = 2;

/** The traces of one episode: where each version lies, and which fused kernel runs when. */
export class WasmTraces implements Traces {
  private readonly sweeps: RecordedSweep[] = [];
  private version = 0;
  /** Checkpoint k holds version k * segment. */
  private readonly checkpoints: Place[] = [];
  private work: Place | null = null;
  /** Versions of one segment that were computed again, by version. */
  private recomputed = new Map<number, Place>();
  private spare: Place[] = [];
  private adjoint: Place | null = null;
  private gradients: { readonly wanted: readonly string[]; readonly words: Record<string, number> } | null = null;
  private parameters: Readonly<Record<string, Buffer>> = {};
  private readonly slots = new Map<string, Slots>();
  private readonly pairs = new Map<string, { x: Buffer; d: Buffer }[]>();
  /** Threads divide the rows of a single episode; several episodes are divided among threads. */
  private readonly byRows: boolean;
  private readonly split: Split;
  private readonly matrixBytes: number;
  private readonly constants: Record<string, number>;
  private dummies = new Map<string, number>();

  constructor(
    private readonly engine: Engine,
    private readonly options: TraceOptions,
    private readonly plan: TracePlan,
  ) {
    const { batch, pre, post, params, rule } = options;
    const work = batch * pre * post;
    this.byRows = batch === 1 && engine.program.isShared(work);
    this.split = this.byRows
      ? { by: "rows", extent: pre, grain: forwardRows, work }
      : batch === 1
        ? { by: "nothing", extent: 1 }
        : { by: "episodes", work };
    this.matrixBytes = batch * pre * strideOf(post) * 4;
    this.constants = { byRows: this.byRows ? 1 : 0, "slot:z": 0 };
    for (const key of Object.keys(rule.params)) this.constants[`param:${key}`] = address(params[key]!);
    if (rule.traces.length > 0) this.checkpoints.push(this.allocate());
    rule.traces.forEach((trace, i) => this.fill(this.checkpoints[0]![i]!, rule.initial[trace]!));
  }

  forward(sweep: Sweep): void {
    const before = this.version;
    const after = sweep.update ? before + 1 : before;
    this.version = after;
    if (this.options.differentiable) this.sweeps.push({ ...sweep, before, after });
    this.runForward(sweep, this.placeOf(before), sweep.update ? this.placeFor(after) : this.placeOf(before));
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
    const { engine, options } = this;
    const { rule, batch, pre, post } = options;
    const inverted = this.plan.mode === "invert" && sweep.update !== undefined;
    const from = this.plan.mode === "invert" ? this.placeOf(sweep.after) : this.placeBefore(sweep.before);
    const kernel = this.kernel("backward", sweep.update !== undefined, read !== undefined, inverted);
    const values: Record<string, number> = { ...this.constants, ...this.gradients.words };
    rule.traces.forEach((trace, i) => {
      values[`from:${trace}`] = from[i]!;
      values[`to:${trace}`] = inverted ? this.workPlace()[i]! : 0;
      values[`adjoint:${trace}`] = this.adjoints()[i]!;
    });
    const combined: { slots: Slots; target: WasmBuffer; number: boolean }[] = [];
    if (read) {
      values.x = address(read.x);
      values.dz = address(adjoint.out!);
      values[sumOfReadInput] = adjoint.x ? address(adjoint.x) : this.dummy(batch, pre);
      for (const key of this.pairs.keys()) this.pairs.get(key)!.push({ x: read.x, d: adjoint.out! });
    }
    if (sweep.update) {
      for (const [key, vector] of Object.entries(sweep.update)) {
        values[`vector:${key}`] = address(vector);
        const target = adjoint.update?.[key];
        const isNumber = rule.signals[key] === "episode";
        const direct = key === "pre" || !this.byRows;
        values[`slot:${key}`] = 0;
        if (direct) {
          values[`sum:${key}`] = target ? address(target) : this.dummy(batch, key === "pre" ? pre : isNumber ? 1 : post);
        } else {
          const slots = engine.sums.take(isNumber ? 8 : strideOf(post) * 4);
          values[`sum:${key}`] = slots.address;
          values[`slot:${key}`] = slots.stride;
          const into = (target ?? engine.scratch(1, isNumber ? 1 : post)) as WasmBuffer;
          combined.push({ slots, target: into, number: isNumber });
        }
      }
    }
    this.push(kernel, values);
    for (const { slots, target, number } of combined) {
      if (number) engine.sums.combineNumber(slots, target, false);
      else engine.sums.combine(slots, target, false);
    }
  }

  finish(): void {
    for (const [key, slots] of this.slots) {
      const target = this.parameters[key] as WasmBuffer;
      if (this.options.rule.params[key]!.per === "layer") this.engine.sums.combineNumber(slots, target, false);
      else this.engine.sums.combine(slots, target, false);
    }
    this.slots.clear();
    for (const [key, pairs] of this.pairs) this.engine.outerSum(this.parameters[key]!, pairs);
    this.pairs.clear();
  }

  private runForward(sweep: Sweep, from: Place, to: Place): void {
    const { rule, post } = this.options;
    const kernel = this.kernel("forward", sweep.update !== undefined, sweep.read !== undefined, false);
    const values: Record<string, number> = { ...this.constants };
    rule.traces.forEach((trace, i) => {
      values[`from:${trace}`] = from[i]!;
      values[`to:${trace}`] = to[i]!;
      values[`adjoint:${trace}`] = 0;
    });
    for (const [key, vector] of Object.entries(sweep.update ?? {})) values[`vector:${key}`] = address(vector);
    if (!sweep.read) {
      this.push(kernel, values);
      return;
    }
    values.x = address(sweep.read.x);
    values.z = address(sweep.read.out);
    if (!this.byRows) {
      this.push(kernel, values);
      return;
    }
    const slots = this.engine.sums.take(strideOf(post) * 4);
    values.z = slots.address;
    values["slot:z"] = slots.stride;
    this.push(kernel, values);
    this.engine.sums.combine(slots, sweep.read.out as WasmBuffer, true);
  }

  private push(kernel: SweepKernel, values: Readonly<Record<string, number>>): void {
    const words = kernel.words.map((word) => values[word]!);
    this.engine.program.push(kernel.index, this.split, words);
  }

  /** Where gradients of the rule's parameters are added up: directly, or in a slot for each thread. */
  private openGradients(params: Readonly<Record<string, Buffer>>) {
    const { rule, batch } = this.options;
    this.parameters = params;
    const wanted = Object.keys(params).sort();
    const words: Record<string, number> = { [`slot:${sumOfReadInput.slice(4)}`]: 0 };
    const late = deferred(rule);
    for (const key of wanted) {
      const target = params[key] as WasmBuffer;
      if (late.includes(key)) {
        this.pairs.set(key, []);
        continue;
      }
      const { per } = rule.params[key]!;
      const own = per === "connection" && (batch === 1 || this.engine.threads === 1);
      const slots = own ? { address: target.address, stride: 0 } : this.engine.sums.take(per === "layer" ? 8 : target.bytes);
      if (!own) this.slots.set(key, slots);
      words[`sum:${key}`] = slots.address;
      words[`slot:${key}`] = slots.stride;
    }
    return { wanted, words };
  }

  private kernel(direction: SweepSpec["direction"], update: boolean, read: boolean, inverted: boolean): SweepKernel {
    const { rule, pre, post } = this.options;
    const wanted = direction === "backward" ? this.gradients!.wanted : [];
    const key = [ruleKey(rule), pre, post, direction, update, read, inverted, wanted].join("|");
    return this.engine.kernels.sweep(key, () => ({
      rule,
      pre,
      post,
      direction,
      update,
      read,
      wanted,
      inverse: inverted ? linearDecay(rule) : null,
      rows: direction === "forward" ? forwardRows : backwardRows,
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
        this.runForward({ update: sweep.update }, from, to);
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
      // The padding must stay zero; an initial trace other than zero is rare, so the host writes it.
      engine.program.flush();
      const stride = strideOf(options.post);
      for (let row = 0; row < options.batch * options.pre; row++) {
        const start = place / 4 + row * stride;
        engine.memory.f32.fill(0, start, start + stride).fill(value, start, start + options.post);
      }
      return;
    }
    const extent = this.matrixBytes / 16;
    engine.program.push(engine.kernels.basic.zero!, { by: "rows", extent, grain: 4, work: extent }, [place]);
  }

  private copy(from: number, to: number): void {
    const extent = this.matrixBytes / 16;
    this.engine.program.push(this.engine.kernels.basic.copy!, { by: "rows", extent, grain: 4, work: extent * 4 }, [from, to]);
  }

  /** A place for adjoints that nobody asked for. */
  private dummy(rows: number, cols: number): number {
    const key = `${rows}x${cols}`;
    let place = this.dummies.get(key);
    if (place === undefined) this.dummies.set(key, (place = this.engine.scratch(rows, cols).address));
    return place;
  }

  private indexOf(trace: string): number {
    const index = this.options.rule.traces.indexOf(trace);
    if (index < 0) {
      throw new Error(`the rule ${this.options.rule.name} has no trace ${trace}; it has ${this.options.rule.traces.join(", ")}`);
    }
    return index;
  }
}

const keys = new WeakMap<object, string>();
/** Rules with the same equations share kernels. */
function ruleKey(rule: TraceOptions["rule"]): string {
  let key = keys.get(rule);
  if (key === undefined) keys.set(rule, (key = JSON.stringify([rule.definition, rule.params])));
  return key;
}
