import type { ConvolutionParts, ConvolutionShape } from "../convolution.js";
import type {
  AdamStep,
  Buffer,
  Captured,
  Device,
  DeviceInfo,
  MapProgram,
  MatmulOptions,
  TraceOptions,
  Traces,
  TrainingNeed,
} from "../device.js";
import { Capture, captureBytes } from "./capture.js";
import { Convolutions } from "./convolutions.js";
import type { Extent } from "./kernels/map.js";
import { Kernels } from "./kernels.js";
import { strideOf, tailMasks } from "./layout.js";
import { type EngineMemory, WasmBuffer } from "./memory.js";
import { activityBytes, decayOf, estimateTraining, planTraces } from "./plan.js";
import type { Pool } from "./pool.js";
import { Program, type Split } from "./program.js";
import { type Slots, Sums } from "./sums.js";
import { WasmTraces } from "./traces.js";

const alignment = 64; // Blocks begin at multiples of this, so a smaller gap is padding.
/** Bytes of one thread's share of an episode's traces that should stay in its cache. */
const groupBytes = 128 * 1024;

const own = (buffer: Buffer): WasmBuffer => {
  if (!(buffer instanceof WasmBuffer)) throw new TypeError("this buffer belongs to another device");
  return buffer;
};
const bits = new DataView(new ArrayBuffer(4));
const floatWord = (value: number): number => {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
};

/** The engine: kernels emitted for the rules and shapes in use, run from recorded programs on all threads. */
export class WasmDevice implements Device {
  readonly memory: EngineMemory;
  readonly program: Program;
  readonly kernels: Kernels;
  readonly sums: Sums;
  readonly threads: number;
  private readonly convolutions: Convolutions;
  private batch = 1;
  private readonly verdict: WasmBuffer;
  /** While `capture` records: what must be repeated, and what must still hold, when the program runs again. */
  private capturing: Capture | null = null;
  /** Sums over rows or columns that are still in the threads' slots, by the address of their target. */
  private pending = new Map<number, { slots: Slots; target: WasmBuffer; overwrite: boolean }>();

  constructor(
    readonly info: DeviceInfo,
    private readonly pool: Pool,
    memory: EngineMemory,
  ) {
    this.memory = memory;
    this.threads = pool.threads;
    this.program = new Program(memory, pool);
    this.kernels = new Kernels(pool, memory);
    this.sums = new Sums(memory, this.program, this.kernels, this.threads);
    this.convolutions = new Convolutions(memory, this.program, this.kernels);
    this.verdict = this.allocate(1, 1);
    for (let lanes = 1; lanes < 4; lanes++) {
      memory.i32.fill(-1, tailMasks / 4 + lanes * 4, tailMasks / 4 + lanes * 5);
    }
  }

  get peakBytes(): number {
    return this.memory.peakBytes;
  }

  expectRoom(need: TrainingNeed): void {
    const { rule, batch, pre, post, steps } = need;
    const decay = decayOf(rule, (param) => rule.params[param]!.init);
    const { limit, peakBytes, idleBytes } = this.memory;
    const bytes = estimateTraining(need, decay, limit - peakBytes + idleBytes);
    const what = `training ${pre} x ${post} plastic connections over ${steps} steps, batch ${batch},`;
    this.memory.expectRoom(bytes, what, idleBytes);
  }

  allocate(rows: number, cols: number): WasmBuffer {
    const bytes = rows * strideOf(cols) * 4;
    return new WasmBuffer(rows, cols, this.memory.keepZeroed(bytes), "kept");
  }

  release(buffer: Buffer): void {
    const { address, bytes, lifetime } = own(buffer);
    if (lifetime === "kept") {
      this.flush();
      this.memory.release(address, bytes);
    }
  }

  scratch(rows: number, cols: number): WasmBuffer {
    return new WasmBuffer(rows, cols, this.memory.scratch(rows * strideOf(cols) * 4), "scratch");
  }

  reset(): void {
    this.flush();
    this.memory.resetScratch();
  }

  beginEpisode(batch: number): void {
    this.batch = batch;
    this.settle();
    this.program.setBatch(batch);
  }

  view(buffer: Buffer, from: number, rows: number): WasmBuffer {
    const whole = own(buffer);
    if (from < 0 || from + rows > whole.rows) {
      throw new RangeError(
        `view: rows ${from} to ${from + rows} are not within the ${whole.rows} rows of the buffer`,
      );
    }
    const part = new WasmBuffer(rows, whole.cols, whole.address + from * whole.stride, whole.lifetime, true);
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
    const { f32 } = this.memory;
    const step = stride / 4;
    if (step === cols) {
      f32.set(data, address / 4);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const start = address / 4 + row * step;
      for (let col = 0; col < cols; col++) f32[start + col] = data[row * cols + col]!;
      f32.fill(0, start + cols, start + step);
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
    const { f32 } = this.memory;
    const step = stride / 4;
    if (step === cols) {
      into.set(f32.subarray(address / 4, address / 4 + rows * cols));
      return into;
    }
    for (let row = 0; row < rows; row++) {
      const start = address / 4 + row * step;
      for (let col = 0; col < cols; col++) into[row * cols + col] = f32[start + col]!;
    }
    return into;
  }

  fill(buffers: readonly Buffer[], value: number): void {
    this.settle();
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
      const extent = (end - start) / 16;
      if (extent > 0) this.push("zero", { by: "rows", extent, grain: 4, work: extent }, [start]);
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
    this.settle();
    b.used = true;
    const extent = a.bytes / 16;
    this.push("copy", { by: "rows", extent, grain: 4, work: extent }, [a.address, b.address]);
  }

  matmul(out: Buffer, a: Buffer, b: Buffer, options: MatmulOptions = {}): void {
    const { transposeB = false, accumulate = false } = options;
    const inner = transposeB ? b.cols : b.rows;
    const cols = transposeB ? b.rows : b.cols;
    if (a.cols !== inner || out.rows !== a.rows || out.cols !== cols) {
      throw new RangeError(
        `matmul: [${a.rows}, ${a.cols}] @ [${inner}, ${cols}] cannot give [${out.rows}, ${out.cols}]`,
      );
    }
    this.settleIfPending([out, a, b]);
    own(out).used = true;
    const work = out.rows * out.cols * inner;
    const byEpisode = out.rows === this.batch && this.batch > 1;
    // Few rows cannot be shared out, but their columns can.
    const byColumns = !byEpisode && out.rows < 4 * this.threads && this.program.isShared(work);
    const columns = transposeB ? cols : Math.ceil(cols / 4);
    const split: Split = byEpisode
      ? { by: "episodes", work }
      : byColumns
        ? { by: "rows", extent: columns, grain: 8, work }
        : { by: "rows", extent: out.rows, grain: 4, work };
    if (!byEpisode) this.settle();
    const words = [out, a, b].map((buffer) => own(buffer).address);
    const strides = [out, a, b].map((buffer) => own(buffer).stride);
    const shape = transposeB ? [Math.ceil(inner / 4) * 16, cols] : [inner, Math.ceil(cols / 4) * 16];
    const kernel = transposeB ? this.kernels.products.matmulTransposed! : this.kernels.products.matmul!;
    const flags = [accumulate ? 1 : 0, byColumns ? 1 : 0];
    this.program.push(kernel, split, [...words, ...strides, ...shape, ...flags, out.rows]);
  }

  outerSum(out: Buffer, pairs: readonly { readonly x: Buffer; readonly d: Buffer }[]): void {
    this.settle();
    const target = own(out);
    target.used = true;
    const words = 9;
    const most = 60_000;
    let rows: number[] = [];
    const emit = () => {
      if (rows.length === 0) return;
      // Arguments and table side by side, so that one reservation covers both.
      const address = this.program.reserve(words + rows.length);
      const table = address + words * 4;
      const vectors = Math.ceil(out.cols / 4) * 16;
      const { i32 } = this.memory;
      i32.set([target.address, target.stride, table, rows.length / 2, vectors, 0, 0, 0, 0], address / 4);
      i32.set(rows, table / 4);
      const work = (rows.length / 2) * out.rows * out.cols;
      const split: Split = { by: "rows", extent: out.rows, grain: 4, work };
      this.program.pushAt(this.kernels.products.outerSum!, split, address);
      rows = [];
    };
    for (const { x, d } of pairs) {
      if (x.cols !== out.rows || d.cols !== out.cols || x.rows !== d.rows) {
        throw new RangeError(
          `outerSum: [${x.rows}, ${x.cols}]^T @ [${d.rows}, ${d.cols}] cannot give [${out.rows}, ${out.cols}]`,
        );
      }
      const [xs, ds] = [own(x), own(d)];
      for (let row = 0; row < x.rows; row++) {
        rows.push(xs.address + row * xs.stride, ds.address + row * ds.stride);
        if (rows.length >= most) emit();
      }
    }
    emit();
  }

  convolve(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.settle();
    this.convolutions.forward(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  convolveBack(shape: ConvolutionShape, { x, weight, out }: Omit<ConvolutionParts<Buffer>, "bias">): void {
    this.settle();
    this.convolutions.back(shape, { x: own(x), weight: own(weight), out: own(out) });
  }

  convolveWeights(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    this.settle();
    this.convolutions.weights(shape, { x: own(x), weight: own(weight), bias: own(bias), out: own(out) });
  }

  map(
    program: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
  ): void {
    let rows = 1;
    let cols = 1;
    for (const buffer of [...inputs, ...outputs]) {
      if (!buffer) continue;
      if (buffer.rows > rows) rows = buffer.rows;
      if (buffer.cols > cols) cols = buffer.cols;
    }
    const extentOf = (buffer: Buffer): Extent => {
      const fullRows = buffer.rows === rows;
      const fullCols = buffer.cols === cols;
      if ((!fullRows && buffer.rows !== 1) || (!fullCols && buffer.cols !== 1)) {
        throw new RangeError(
          `map: a buffer must be [${rows} or 1, ${cols} or 1], got [${buffer.rows}, ${buffer.cols}]`,
        );
      }
      return fullRows ? (fullCols ? "full" : "column") : fullCols ? "row" : "single";
    };
    const inputExtents = inputs.map(extentOf);
    // A buffer of one row and one column counts as "column" in a row of many; as an output that is a sum over columns.
    const outputExtents = outputs.map((buffer) => buffer && singleIfOneByOne(buffer, extentOf(buffer)));
    const key = `${inputExtents}|${outputExtents.map((e) => e ?? "-")}|${accumulate}`;
    const kernel = this.kernels.map(program, key, () => ({
      inputs: inputExtents,
      outputs: outputExtents,
      accumulate,
    }));
    const work = rows * cols;
    const byEpisode = rows === this.batch && rows > 1;
    const split: Split = byEpisode
      ? { by: "episodes", work: work * 4 }
      : { by: "rows", extent: rows, grain: 1, work: rows > 1 ? work : 0 };
    if (byEpisode) this.settleIfPending(inputs, outputs, accumulate);
    else this.settle();

    const words = [(cols >> 2) * 16, cols & 3 ? tailMasks + 16 * (cols & 3) : 0];
    inputs.forEach((buffer, i) => {
      const { address, stride } = own(buffer);
      words.push(address, inputExtents[i] === "full" || inputExtents[i] === "column" ? stride : 0);
    });
    outputs.forEach((buffer, i) => {
      if (!buffer) return;
      const target = own(buffer);
      target.used = true;
      const extent = outputExtents[i]!;
      if (extent === "full" || extent === "column") {
        words.push(target.address, target.stride);
        return;
      }
      let known = this.pending.get(target.address);
      if (!known) {
        const slots = extent === "single" ? this.sums.takeNumber() : this.sums.take(target.bytes);
        known = { slots, target, overwrite: !accumulate };
        this.pending.set(target.address, known);
      }
      words.push(known.slots.address, known.slots.stride);
    });
    this.program.push(kernel, split, words);
    if (!byEpisode) this.settle();
  }

  traces(options: TraceOptions): Traces {
    const { rule, batch, pre, post, steps, differentiable, params } = options;
    if (batch !== this.batch) {
      throw new RangeError(`traces: this episode has a batch of ${this.batch}, got ${batch}`);
    }
    const decay = decayOf(rule, (param) => this.constant(params[param]!));
    const taken = differentiable ? activityBytes({ batch, pre, post, steps }) : 0;
    const room = this.memory.limit - this.memory.peakBytes - taken;
    const plan = planTraces({ rule, batch, pre, post, steps, differentiable, decay, room });
    if (plan.bytes > this.memory.peakBytes) {
      this.memory.expectRoom(
        plan.bytes,
        `an episode of ${steps ?? "unknown many"} steps, ${pre} x ${post} connections, batch ${batch}`,
      );
    }
    this.settle();
    const traces = new WasmTraces(this, options, plan);
    if (decay !== null) {
      this.capturing?.guard(() => {
        const now = decayOf(rule, (param) => this.constant(params[param]!));
        const replanned = planTraces({ rule, batch, pre, post, steps, differentiable, decay: now, room });
        return replanned.mode === plan.mode && replanned.segment >= plan.segment;
      });
    }
    const episodeBytes = 2 * pre * strideOf(post) * 4 * Math.max(1, rule.traces.length);
    if (batch > 1) this.program.setBatch(batch, Math.max(1, Math.floor(groupBytes / episodeBytes)));
    return traces;
  }

  capture(work: () => void): Captured {
    const address = this.memory.keepZeroed(captureBytes);
    let capture = new Capture();
    const record = () => {
      this.flush();
      this.program.beginCapture({ from: address, to: address + captureBytes });
      capture = new Capture();
      this.capturing = capture;
      try {
        work();
        this.settle();
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
    this.settle();
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
    const { param, grad, m, v, lr, beta1, beta2, eps, weightDecay, scale } = step;
    const buffers = [param, grad, m, v].map(own);
    for (const buffer of buffers) expectSameShape("adam", buffers[0]!, buffer);
    this.settle();
    const extent = buffers[0]!.bytes / 16;
    const floats = [
      beta1,
      beta2,
      eps,
      lr / (1 - beta1 ** step.step),
      1 / Math.sqrt(1 - beta2 ** step.step),
      1 - lr * weightDecay,
    ];
    this.push("adam", { by: "rows", extent, grain: 4, work: extent * 8 }, [
      ...buffers.map((buffer) => buffer.address),
      scale ? own(scale).address : 0,
      ...floats.map(floatWord),
    ]);
  }

  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void {
    this.settle();
    const slots = this.sums.takeNumber();
    for (const grad of grads) this.reduce("sumOfSquares", own(grad), slots);
    own(scale).used = true;
    own(norm).used = true;
    this.push("clip", { by: "nothing", extent: 1 }, [
      slots.address,
      this.threads,
      own(scale).address,
      own(norm).address,
      floatWord(maxNorm),
    ]);
    this.sums.giveBack(slots);
  }

  allFinite(buffers: readonly Buffer[]): boolean {
    this.settle();
    const slots = this.sums.takeNumber();
    const out = this.verdict;
    for (const buffer of buffers) this.reduce("finite", own(buffer), slots);
    this.sums.combine(slots, out, true);
    return this.read(out)[0] === 0;
  }

  async dispose(): Promise<void> {
    this.flush();
    await this.pool.dispose();
  }

  /** A parameter's only number. What is being captured changes no parameter, so it need not run first. */
  private constant(buffer: Buffer): number {
    if (!this.capturing) this.flush();
    return this.memory.f32[own(buffer).address / 4]!;
  }

  private reduce(kernel: string, buffer: WasmBuffer, slots: Slots): void {
    const extent = buffer.bytes / 16;
    this.push(kernel, { by: "rows", extent, grain: 4, work: extent * 4 }, [buffer.address, slots.address]);
  }

  private push(kernel: string, split: Split, words: readonly number[]): void {
    this.program.push(this.kernels.basic[kernel]!, split, words);
  }

  private flush(): void {
    this.settle();
    this.program.flush();
  }

  /** Adds up what is still in the threads' slots. */
  private settle(): void {
    if (this.pending.size === 0) return;
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { slots, target, overwrite } of pending) this.sums.combine(slots, target, overwrite);
  }

  /** As `settle`, if one of these buffers is among what is still in slots. Adding to the same sum again may wait. */
  private settleIfPending(
    read: readonly Buffer[],
    outputs: readonly (Buffer | null)[] = [],
    accumulate = false,
  ): void {
    if (this.pending.size === 0) return;
    const waits = (buffer: Buffer | null) => buffer !== null && this.pending.has(own(buffer).address);
    if (read.some(waits) || (!accumulate && outputs.some(waits))) this.settle();
  }
}

const copyNumber: MapProgram = { inputs: ["x"], outputs: [{ kind: "name", name: "x" }] };

/** A [1, 1] output of a longer row is a sum that several threads may add to, like any single number. */
const singleIfOneByOne = (buffer: Buffer, extent: Extent): Extent =>
  extent === "column" && buffer.rows === 1 ? "single" : extent;

function expectSameShape(what: string, a: WasmBuffer, b: WasmBuffer): void {
  if (a.rows !== b.rows || a.cols !== b.cols) {
    throw new RangeError(`${what}: expected [${a.rows}, ${a.cols}], got [${b.rows}, ${b.cols}]`);
  }
}
