import type { ConvolutionParts, ConvolutionShape } from "../convolution.js";
import type {
  AdamStep,
  Buffer,
  Captured,
  Device,
  DeviceInfo,
  MapProgram,
  MatmulOptions,
  Pair,
  TraceOptions,
  Traces,
  TrainingNeed,
} from "../device.js";
import type { BlockMemory } from "../engine/blocks.js";
import type { Machine } from "../engine/machine.js";
import { strideOf, type Target, vectorBytes } from "../loops/target.js";
import { Capture, captureWords } from "./capture.js";
import { Convolutions } from "./convolutions.js";
import { Kernels } from "./kernels.js";
import { tailMasks } from "./layout.js";
import { Maps } from "./maps.js";
import { expectSameShape, own, WasmBuffer } from "./memory.js";
import { Optimizer } from "./optimizer.js";
import { PlainTraces, plainWeight } from "./plainTraces.js";
import { activityBytes, decayOf, estimateTraining, planTraces } from "./plan.js";
import { Products } from "./products.js";
import { Program, type Split } from "./program.js";
import { Sums } from "./sums.js";
import { WasmTraces } from "./traces.js";

const alignment = 64; // Blocks begin at multiples of this, so a smaller gap is padding.
/** Bytes of one thread's share of an episode's traces that should stay in its cache. */
const groupBytes = 128 * 1024;

/** The engine: kernels emitted for the rules and shapes in use, run from recorded programs on all threads. */
export class WasmDevice implements Device {
  readonly memory: BlockMemory;
  readonly program: Program;
  readonly kernels: Kernels;
  readonly sums: Sums;
  readonly threads: number;
  readonly target: Target;
  private readonly maps: Maps;
  private readonly products: Products;
  private readonly convolutions: Convolutions;
  private readonly optimizer: Optimizer;
  private batch = 1;
  private readonly number = new Float32Array(1);
  private readonly verdict: WasmBuffer;
  /** While `capture` records: what must be repeated, and what must still hold, when the program runs again. */
  private capturing: Capture | null = null;

  constructor(
    readonly info: DeviceInfo,
    private readonly machine: Machine,
  ) {
    const { target, memory } = machine;
    this.target = target;
    this.threads = machine.threads;
    this.memory = memory;
    this.program = new Program(machine);
    this.kernels = new Kernels(machine);
    this.sums = new Sums(memory, this.program, this.kernels, this.threads);
    this.maps = new Maps(machine, this.program, this.kernels, this.sums);
    this.products = new Products(machine, this.program, this.kernels, this.sums, this.threads);
    this.convolutions = new Convolutions(machine, memory, this.program, this.kernels);
    this.optimizer = new Optimizer(this.program, this.kernels, this.sums, this.threads);
    this.verdict = this.allocate(1, 1);
    for (let lanes = 1; lanes < target.lanes; lanes++) {
      const mask = new Float32Array(new Int32Array(lanes).fill(-1).buffer);
      memory.write(memory.start + tailMasks + lanes * vectorBytes(target), mask, 0, lanes);
    }
  }

  get peakBytes(): number {
    return this.memory.peakBytes;
  }

  expectRoom(need: TrainingNeed): void {
    const { rule, batch, pre, post, steps } = need;
    const decay = decayOf(rule, (param) => rule.params[param]!.init);
    const { limit, peakBytes, idleBytes } = this.memory;
    const bytes = estimateTraining(need, decay, limit - peakBytes + idleBytes, this.target);
    const what = `training ${pre} x ${post} plastic connections over ${steps} steps, batch ${batch},`;
    this.memory.expectRoom(bytes, what, idleBytes);
  }

  allocate(rows: number, cols: number): WasmBuffer {
    return new WasmBuffer(rows, cols, this.memory.keepZeroed(this.bytesOf(rows, cols)), "kept", this.target);
  }

  release(buffer: Buffer): void {
    const { address, bytes, lifetime } = own(buffer);
    if (lifetime === "kept") {
      this.flush();
      this.memory.release(address, bytes);
    }
  }

  scratch(rows: number, cols: number): WasmBuffer {
    return new WasmBuffer(rows, cols, this.memory.scratch(this.bytesOf(rows, cols)), "scratch", this.target);
  }

  reset(): void {
    this.flush();
    this.memory.resetScratch();
  }

  beginEpisode(batch: number): void {
    this.batch = batch;
    this.sums.settle();
    this.program.setBatch(batch);
  }

  view(buffer: Buffer, from: number, rows: number): WasmBuffer {
    const whole = own(buffer);
    if (from < 0 || from + rows > whole.rows) {
      throw new RangeError(
        `view: rows ${from} to ${from + rows} are not within the ${whole.rows} rows of the buffer`,
      );
    }
    const address = whole.address + from * whole.stride;
    const part = new WasmBuffer(rows, whole.cols, address, whole.lifetime, this.target, true);
    part.used = true;
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
    this.place(buffer, data);
  }

  private place(buffer: Buffer, data: ArrayLike<number>): void {
    const { rows, cols, address, stride } = own(buffer);
    const { memory } = this;
    const padding = stride - cols * 4;
    if (padding === 0) {
      memory.write(address, data, 0, rows * cols);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const start = address + row * stride;
      memory.write(start, data, row * cols, cols);
      memory.zero(start + cols * 4, padding);
    }
  }

  read(buffer: Buffer): Float32Array {
    return this.readInto(buffer, new Float32Array(buffer.rows * buffer.cols));
  }

  readInto<Numbers extends Float32Array | Float64Array>(buffer: Buffer, into: Numbers): Numbers {
    const { rows, cols, address, stride } = own(buffer);
    if (into.length !== rows * cols) {
      throw new RangeError(`readInto: expected room for ${rows} x ${cols} numbers, got ${into.length}`);
    }
    this.flush();
    const { memory } = this;
    if (stride === cols * 4) memory.read(address, into, 0, rows * cols);
    else for (let row = 0; row < rows; row++) memory.read(address + row * stride, into, row * cols, cols);
    return into;
  }

  fill(buffers: readonly Buffer[], value: number): void {
    this.sums.settle();
    if (value !== 0) {
      const number = this.scratch(1, 1);
      this.write(number, [value]);
      for (const buffer of buffers) this.map(copyNumber, [number], [buffer], false);
      return;
    }
    // Buffers that lie behind one another are filled in one go.
    let start = 0;
    let end = 0;
    let viewBefore = false;
    const emit = () => {
      const extent = (end - start) / vectorBytes(this.target);
      if (extent > 0) this.push("zero", { by: "rows", extent, grain: 4, work: (end - start) / 16 }, [start]);
    };
    for (const buffer of buffers) {
      const { address, bytes, isView } = own(buffer);
      own(buffer).used = true;
      const gap = address - end;
      if (gap < 0 || gap >= alignment || (gap > 0 && (isView || viewBefore))) {
        emit();
        start = address;
      }
      end = address + bytes;
      viewBefore = isView;
    }
    emit();
  }

  copy(from: Buffer, to: Buffer): void {
    const [a, b] = [own(from), own(to)];
    expectSameShape("copy", a, b);
    this.sums.settle();
    b.used = true;
    this.push("copy", { by: "rows", extent: a.vectors, grain: 4, work: a.bytes / 16 }, [
      a.address,
      b.address,
    ]);
  }

  map(
    program: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
  ): void {
    this.maps.run(program, inputs, outputs, accumulate, this.batch);
  }

  matmul(out: Buffer, a: Buffer, b: Buffer, options: MatmulOptions = {}): void {
    this.products.matmul(out, a, b, options, this.batch);
  }

  outerSum(out: Buffer, pairs: readonly Pair[]): void {
    this.products.outerSum(out, pairs, this.batch);
  }

  convolve(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.sums.settle();
    this.convolutions.forward(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  convolveBack(shape: ConvolutionShape, { x, weight, out }: Omit<ConvolutionParts<Buffer>, "bias">): void {
    this.sums.settle();
    this.convolutions.back(shape, { x: own(x), weight: own(weight), out: own(out) });
  }

  convolveWeights(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.sums.settle();
    this.convolutions.weights(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  traces(options: TraceOptions): Traces {
    const { rule, batch, pre, post, steps, differentiable, params } = options;
    if (batch !== this.batch) {
      throw new RangeError(`traces: this episode has a batch of ${this.batch}, got ${batch}`);
    }
    const weight = plainWeight(options);
    if (weight !== null) return new PlainTraces(this.products, options, weight);
    const decay = decayOf(rule, (param) => this.constant(params[param]!));
    const taken = differentiable ? activityBytes({ batch, pre, post, steps }, this.target) : 0;
    const room = this.memory.limit - this.memory.peakBytes - taken;
    const plan = planTraces({ rule, batch, pre, post, steps, differentiable, decay, room }, this.target);
    if (plan.bytes > this.memory.peakBytes) {
      this.memory.expectRoom(
        plan.bytes,
        `an episode of ${steps ?? "unknown many"} steps, ${pre} x ${post} connections, batch ${batch}`,
      );
    }
    this.sums.settle();
    const traces = new WasmTraces(this, options, plan);
    if (decay !== null) {
      this.capturing?.guard(() => {
        const now = decayOf(rule, (param) => this.constant(params[param]!));
        const replanned = planTraces(
          { rule, batch, pre, post, steps, differentiable, decay: now, room },
          this.target,
        );
        return replanned.mode === plan.mode && replanned.segment >= plan.segment;
      });
    }
    const episodeBytes = 2 * this.bytesOf(pre, post) * Math.max(1, rule.traces.length);
    if (batch > 1) this.program.setBatch(batch, Math.max(1, Math.floor(groupBytes / episodeBytes)));
    return traces;
  }

  capture(work: () => void): Captured {
    const captureBytes = captureWords * this.target.wordBytes;
    const address = this.memory.keepZeroed(captureBytes);
    let capture = new Capture();
    const record = () => {
      this.flush();
      this.program.beginCapture({ from: address, to: address + captureBytes });
      capture = new Capture();
      this.capturing = capture;
      try {
        work();
        this.sums.settle();
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
          (buffer, data) => this.place(buffer, data),
          (program) => this.program.run(program),
        );
        if (!done) record();
      },
      release: () => this.memory.release(address, captureBytes),
    };
  }

  host(work: () => void): void {
    const capture = this.capturing;
    if (!capture) {
      this.flush();
      work();
      return;
    }
    this.sums.settle();
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

  async dispose(): Promise<void> {
    this.flush();
    await this.machine.dispose();
  }

  /** A parameter's only number. What is being captured changes no parameter, so it need not run first. */
  private constant(buffer: Buffer): number {
    if (!this.capturing) this.flush();
    this.memory.read(own(buffer).address, this.number, 0, 1);
    return this.number[0]!;
  }

  private bytesOf(rows: number, cols: number): number {
    return rows * strideOf(cols, this.target) * 4;
  }

  private push(kernel: string, split: Split, words: readonly number[]): void {
    this.program.push(this.kernels.basic[kernel]!, split, words);
  }

  private flush(): void {
    this.sums.settle();
    this.program.flush();
  }
}

const copyNumber: MapProgram = { inputs: ["x"], outputs: [{ kind: "name", name: "x" }] };
