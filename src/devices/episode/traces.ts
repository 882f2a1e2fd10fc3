import type { Buffer, Sweep, SweepAdjoint, TraceOptions, Traces } from "../device.js";
import { EngineBuffer, own } from "../engine/buffer.js";
import type { Command } from "../engine/command.js";
import { Gradients } from "../engine/gradients.js";
import { SweepCalls, type TraceResources } from "../engine/sweepCalls.js";
import type { TracePlan } from "./plan.js";
import { type RecordedSweep, type VersionAddresses, Versions } from "./versions.js";

/** Steps between those that set tiny numbers to zero: 1e-32 decayed tenfold a step for so long is no subnormal yet. */
const flushEvery = 4;

/** The traces of one episode: which sweep runs when, and over which versions. */
export class EngineTraces implements Traces {
  copies = 0;
  private readonly sweeps: RecordedSweep[] = [];
  private version = 0;
  /** Sweeps so far: they go to and fro, also over plain connections, whose sums then have the order of plastic ones. */
  private turns = 0;
  private adjoint: VersionAddresses | null = null;
  private gradients: Gradients | null = null;
  private readonly versions: Versions;
  private readonly calls: SweepCalls;
  /** Bytes of a row of a trace, and of a trace in all episodes. */
  private readonly stride: number;
  private readonly matrixBytes: number;

  constructor(
    private readonly engine: TraceResources,
    private readonly options: TraceOptions,
    private readonly plan: TracePlan,
  ) {
    const { batch, pre, post, rule } = options;
    this.stride = engine.kernels.strideOf(post);
    this.matrixBytes = batch * pre * this.stride;
    this.calls = new SweepCalls(engine, options);
    this.versions = new Versions(plan, () => this.allocate());
    rule.traces.forEach((trace, i) => {
      this.fill(this.versions.initial[i]!, rule.initial[trace]!);
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
      this.versions.reached(before),
      sweep.update ? this.versions.placeFor(after) : this.versions.reached(before),
      this.turns++ % 2 === 1,
    );
  }

  read(trace: string, out: Buffer): void {
    const from = this.versions.reached(this.version)[this.indexOf(trace)]!;
    this.push("copy", { from, to: own(out).address }, { writes: [own(out)] });
  }

  load(trace: string, from: Buffer): void {
    const to = this.versions.initial[this.indexOf(trace)]!;
    this.push("copy", { from: own(from).address, to }, { reads: [own(from)] });
  }

  addAdjoint(trace: string, grad: Buffer): void {
    const target = this.adjoints()[this.indexOf(trace)]!;
    this.push("add", { target, source: own(grad).address }, { reads: [own(grad)] });
  }

  backward(index: number, adjoint: SweepAdjoint, params: Readonly<Record<string, Buffer>>): void {
    const sweep = this.sweeps[index]!;
    const read = sweep.read && adjoint.out ? sweep.read : undefined;
    const reads = readsWith(sweep, adjoint);
    if (!sweep.update && !read && !reads) return;
    const { engine, options, versions, plan } = this;
    this.gradients ??= new Gradients(params, engine.sums, options, engine.threads);
    const inverted = plan.mode === "invert" && sweep.update !== undefined;
    const from = plan.mode === "invert" ? versions.reached(sweep.after) : this.versionBefore(sweep);
    const to = inverted ? versions.workPlace() : from;
    if (read) this.gradients.note({ x: read.x, d: adjoint.out! });
    this.calls.record({
      update: sweep.update,
      read,
      reads,
      from,
      to,
      descending: index % 2 === 0,
      flush: sweep.before % flushEvery === 0,
      back: { adjoint, traces: this.adjoints(), gradients: this.gradients, inverted },
    });
  }

  finish(): void {
    this.gradients?.finish(this.engine.program, (out, pairs) => this.engine.outerSum(out, pairs));
  }

  private versionBefore({ before }: RecordedSweep): VersionAddresses {
    return this.versions.again(before, this.sweeps, (sweep, from, to) =>
      this.runForward({ update: sweep.update }, sweep.before, from, to, sweep.before % 2 === 1),
    );
  }

  private runForward(
    sweep: Sweep,
    before: number,
    from: VersionAddresses,
    to: VersionAddresses,
    descending: boolean,
  ): void {
    const { update, read, reads } = sweep;
    this.calls.record({ update, read, reads, from, to, descending, flush: before % flushEvery === 0 });
  }

  private allocate(): VersionAddresses {
    this.copies++;
    return this.options.rule.traces.map(() => this.engine.arena.scratch(this.matrixBytes));
  }

  private adjoints(): VersionAddresses {
    if (!this.adjoint) {
      this.adjoint = this.allocate();
      for (const place of this.adjoint) this.fill(place, 0);
    }
    return this.adjoint;
  }

  private fill(place: number, value: number): void {
    const { engine, options } = this;
    if (value !== 0) {
      engine.fill(
        [new EngineBuffer(options.batch * options.pre, options.post, this.stride, place, "scratch")],
        value,
      );
      return;
    }
    this.push("zero", { address: place }, {});
  }

  /** A kernel that goes through a whole trace. */
  private push<Kernel extends "zero" | "copy" | "add">(
    kernel: Kernel,
    values: Parameters<typeof this.engine.kernels.basic<Kernel>>[1],
    touched: Pick<Command, "reads" | "writes">,
  ): void {
    const { kernels, program } = this.engine;
    const extent = kernels.vectors(this.matrixBytes);
    const work = kernel === "zero" ? extent : extent * 4;
    program.push({
      ...kernels.basic(kernel, values),
      split: { by: "rows", extent, grain: 4, work },
      ...touched,
    });
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

/** Those of a sweep's named reads that have something to pass on. */
function readsWith({ reads = {} }: Sweep, adjoint: SweepAdjoint): Sweep["reads"] {
  const named = Object.entries(reads).filter(([key]) => adjoint.reads?.[key]);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}
