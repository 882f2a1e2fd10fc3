import type { ConvolutionParts, ConvolutionShape } from "../convolution.js";
import type {
  AdamStep,
  Buffer,
  Captured,
  ColumnBlock,
  Device,
  DeviceInfo,
  MapProgram,
  MatmulOptions,
  Pair,
  TraceOptions,
  Traces,
  TrainingNeed,
} from "../device.js";
import { refuseAll } from "../disposed.js";
import { PlainTraces, plainWeight } from "../episode/plainTraces.js";
import { decayOf, estimateTraining } from "../episode/plan.js";
import { EngineTraces } from "../episode/traces.js";
import { EngineBuffer, own } from "./buffer.js";
import { Capture, captureWords } from "./capture.js";
import { Convolutions } from "./convolutions.js";
import { Kernels } from "./kernels.js";
import type { Arena, Machine } from "./machine.js";
import { Maps } from "./maps.js";
import { place, take } from "./numbers.js";
import { OptimizerCommands } from "./optimizer.js";
import { Packing } from "./packing.js";
import { Products } from "./products.js";
import { Program } from "./program.js";
import { Rows } from "./rows.js";
import { Sums } from "./sums.js";
import { planned } from "./tracePlan.js";
import { Vectors } from "./vectors.js";

/** Bytes of one thread's share of an episode's traces that should stay in its cache. */
const groupBytes = 128 * 1024;

/** The engine: kernels made for the rules and shapes in use, run from recorded programs on all threads of a machine. */
export class EngineDevice implements Device {
  readonly arena: Arena;
  readonly program: Program;
  readonly kernels: Kernels;
  readonly sums: Sums;
  readonly threads: number;
  private readonly maps: Maps;
  private readonly products: Products;
  private readonly convolutions: Convolutions;
  private readonly optimizer: OptimizerCommands;
  private readonly rows: Rows;
  private readonly vectors: Vectors;
  private batch = 1;
  private readonly verdict: EngineBuffer;
  /** While `capture` records: what must be repeated, and what must still hold, when the program runs again. */
  private capturing: Capture | null = null;
  private disposal: Promise<void> | null = null;

  constructor(
    readonly info: DeviceInfo,
    private readonly machine: Machine,
  ) {
    const { arena, threads } = machine;
    this.arena = arena;
    this.threads = threads;
    this.kernels = new Kernels(machine);
    this.sums = new Sums(arena, this.kernels, threads);
    this.program = new Program(machine, this.sums);
    this.maps = new Maps(arena, this.program, this.kernels, this.sums);
    const packing = new Packing(arena, this.program, this.kernels);
    this.products = new Products(this.program, this.kernels, this.sums, packing, threads);
    this.convolutions = new Convolutions(arena, this.program, this.kernels, packing);
    this.optimizer = new OptimizerCommands(this.program, this.kernels, this.sums, this.threads);
    this.rows = new Rows(this.program, this.kernels);
    this.vectors = new Vectors(this.program, this.kernels);
    this.verdict = this.allocate(1, 1);
  }

  get peakBytes(): number {
    return this.arena.peakBytes;
  }

  expectRoom(need: TrainingNeed): void {
    const { rule, batch, pre, post, steps } = need;
    const decay = decayOf(rule, (param) => rule.params[param]!.init);
    const { limit, peakBytes, idleBytes } = this.arena;
    const bytes = estimateTraining(
      { ...need, lanes: this.kernels.target.lanes },
      decay,
      limit - peakBytes + idleBytes,
    );
    const what = `training ${pre} x ${post} plastic connections over ${steps} steps, batch ${batch},`;
    this.arena.expectRoom(bytes, what, idleBytes);
  }

  allocate(rows: number, cols: number): EngineBuffer {
    const stride = this.kernels.strideOf(cols);
    return new EngineBuffer(rows, cols, stride, this.arena.keepZeroed(rows * stride), "kept");
  }

  release(buffer: Buffer): void {
    const { address, bytes, lifetime } = own(buffer);
    if (lifetime === "kept") {
      this.flush();
      this.arena.release(address, bytes);
    }
  }

  scratch(rows: number, cols: number): EngineBuffer {
    const stride = this.kernels.strideOf(cols);
    return new EngineBuffer(rows, cols, stride, this.arena.scratch(rows * stride), "scratch");
  }

  reset(): void {
    this.flush();
    this.arena.resetScratch();
  }

  beginEpisode(batch: number): void {
    this.batch = batch;
    this.program.settle();
    this.program.setBatch(batch);
  }

  view(buffer: Buffer, from: number, rows: number): EngineBuffer {
    const whole = own(buffer);
    if (from < 0 || from + rows > whole.rows) {
      throw new RangeError(
        `view: rows ${from} to ${from + rows} are not within the ${whole.rows} rows of the buffer`,
      );
    }
    const { cols, stride, address, lifetime } = whole;
    const part = new EngineBuffer(rows, cols, stride, address + from * stride, lifetime, true);
    // What is done with one is not seen at the other.
    part.used = true;
    whole.used = true;
    return part;
  }

  write(buffer: Buffer, data: ArrayLike<number>): void {
    const { rows, cols, lifetime, used } = own(buffer);
    if (data.length !== rows * cols) {
      throw new RangeError(`write: expected ${rows} x ${cols} = ${rows * cols} numbers, got ${data.length}`);
    }
    if (lifetime === "kept" || used) this.flush();
    own(buffer).used = true;
    if (lifetime === "scratch") this.capturing?.write(own(buffer), data);
    place(this.arena, own(buffer), data);
  }

  read(buffer: Buffer): Float32Array {
    return this.readInto(buffer, new Float32Array(buffer.rows * buffer.cols));
  }

  readInto<Numbers extends Float32Array | Float64Array>(buffer: Buffer, into: Numbers): Numbers {
    const { rows, cols } = buffer;
    if (into.length !== rows * cols) {
      throw new RangeError(`readInto: expected room for ${rows} x ${cols} numbers, got ${into.length}`);
    }
    this.flush();
    take(this.arena, own(buffer), into);
    return into;
  }

  fill(buffers: readonly Buffer[], value: number): void {
    if (value !== 0) {
      const number = this.scratch(1, 1);
      this.write(number, [value]);
      for (const buffer of buffers) this.map(copyNumber, [number], [buffer], false);
      return;
    }
    this.vectors.zero(buffers.map(own));
  }

  copy(from: Buffer, to: Buffer): void {
    this.vectors.copy(own(from), own(to));
  }

  map(
    program: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
  ): void {
    this.maps.run(program, inputs, outputs, accumulate, this.batch);
  }

  gatherRows(table: Buffer, indexes: Buffer, out: Buffer): void {
    this.rows.gather(table, indexes, out, this.batch);
  }

  scatterRows(from: Buffer, indexes: Buffer, table: Buffer): void {
    this.rows.scatter(from, indexes, table);
  }

  copyBlock(from: ColumnBlock, to: ColumnBlock, accumulate: boolean): void {
    this.rows.copyBlock(from, to, accumulate, this.batch);
  }

  matmul(out: Buffer, a: Buffer, b: Buffer, options: MatmulOptions = {}): void {
    this.products.matmul(out, a, b, options, this.batch);
  }

  outerSum(out: Buffer, pairs: readonly Pair[]): void {
    this.products.outerSum(out, pairs, this.batch);
  }

  convolve(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.convolutions.forward(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  convolveBack(shape: ConvolutionShape, { x, weight, out }: Omit<ConvolutionParts<Buffer>, "bias">): void {
    this.convolutions.back(shape, { x: own(x), weight: own(weight), out: own(out) });
  }

  convolveWeights(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.convolutions.weights(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  traces(options: TraceOptions): Traces {
    const { rule, batch, pre, post } = options;
    if (batch !== this.batch) {
      throw new RangeError(`traces: this episode has a batch of ${this.batch}, got ${batch}`);
    }
    const weight = plainWeight(options);
    if (weight !== null) return new PlainTraces(this.products, options, weight);
    const { plan, isStill } = planned(options, {
      ...{ arena: this.arena, lanes: this.kernels.target.lanes, constant: (param) => this.constant(param) },
    });
    this.program.settle();
    const traces = new EngineTraces(this, options, plan);
    if (isStill) this.capturing?.guard(isStill);
    const episodeBytes = 2 * pre * this.kernels.strideOf(post) * Math.max(1, rule.traces.length);
    if (batch > 1) this.program.setBatch(batch, Math.max(1, Math.floor(groupBytes / episodeBytes)));
    return traces;
  }

  capture(work: () => void): Captured {
    const captureBytes = captureWords * this.machine.target.wordBytes;
    const address = this.arena.keepZeroed(captureBytes);
    let capture = new Capture();
    const record = () => {
      this.flush();
      this.program.beginCapture({ from: address, to: address + captureBytes });
      capture = new Capture();
      this.capturing = capture;
      try {
        work();
        this.program.settle();
      } finally {
        this.capturing = null;
        capture.program(this.program.endCapture());
      }
    };
    record();
    return {
      repeat: () => {
        this.flush();
        const done = capture.repeat(
          (buffer, data) => place(this.arena, buffer, data),
          (program) => this.program.run(program),
        );
        if (!done) record();
      },
      release: () => this.arena.release(address, captureBytes),
    };
  }

  host(work: () => void): void {
    const capture = this.capturing;
    if (!capture) {
      this.flush();
      work();
      return;
    }
    this.program.settle();
    capture.program(this.program.endPiece());
    capture.host(work);
    // What the host writes here it will write again itself.
    this.capturing = null;
    try {
      work();
    } finally {
      this.capturing = capture;
    }
  }

  adam(step: AdamStep): void {
    this.optimizer.adam(step);
  }

  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void {
    this.optimizer.clipScale(grads, maxNorm, scale, norm);
  }

  allFinite(buffers: readonly Buffer[]): boolean {
    this.optimizer.checkFinite(buffers, this.verdict);
    return this.read(this.verdict)[0] === 0;
  }

  dispose(): Promise<void> {
    this.disposal ??= this.end();
    return this.disposal;
  }

  private end(): Promise<void> {
    this.flush();
    // Traces that are still held give their work to the program.
    for (const owner of [this, this.program]) refuseAll(owner, "this device");
    return this.machine.dispose();
  }

  /** A parameter's only number. What is being captured changes no parameter, so it need not run first. */
  private constant(buffer: Buffer): number {
    if (!this.capturing) this.flush();
    return this.arena.floats(own(buffer).address, 1)[0]!;
  }

  private flush(): void {
    this.program.settle();
    this.program.flush();
  }
}

const copyNumber: MapProgram = { inputs: ["x"], outputs: [{ kind: "name", name: "x" }] };
