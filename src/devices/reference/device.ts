import { blockShape } from "../block.js";
import { type ConvolutionParts, type ConvolutionShape, imagesIn } from "../convolution.js";
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
} from "../device.js";
import { refuseAll } from "../disposed.js";
import { convolveBack, convolveImages, convolveWeights } from "./convolution.js";
import { runMap } from "./maps.js";
import { matrix, matrixOf, newMatrix, ReferenceBuffer } from "./matrix.js";
import { adam, clipScale } from "./optimiser.js";
import { multiply, outerSum } from "./products.js";
import { copyBlock, gatherRows, scatterRows } from "./rows.js";
import { ReferenceTraces } from "./traces.js";

/**
 * The oracle: the contract of `Device` in float64 and plain loops, one thread, nothing fused or deferred.
 * Freed and unwritten memory is NaN, so that a wrong read shows.
 */
export class ReferenceDevice implements Device {
  readonly info: DeviceInfo;
  private permanent = new Map<ReferenceBuffer, number>();
  private scratches: ReferenceBuffer[] = [];
  private bytes = 0;
  private episodeBytes = 0;
  private peak = 0;
  /** Those of this episode. */
  private opened: Traces[] = [];
  private disposed = false;

  constructor(why = "float64 in plain loops, to compare other devices with") {
    this.info = { kind: "reference", threads: 1, why };
  }

  get peakBytes(): number {
    return this.peak;
  }

  allocate(rows: number, cols: number): Buffer {
    const buffer = newMatrix(rows, cols, 0);
    this.permanent.set(buffer, buffer.data.byteLength);
    this.bytes += buffer.data.byteLength;
    this.notePeak();
    return buffer;
  }

  release(buffer: Buffer): void {
    const released = matrix("release: buffer", buffer);
    const bytes = this.permanent.get(released);
    if (bytes === undefined) throw new Error("release: the buffer was released before, or never allocated");
    this.permanent.delete(released);
    this.bytes -= bytes;
    released.data.fill(Number.NaN);
  }

  scratch(rows: number, cols: number): Buffer {
    const buffer = newMatrix(rows, cols, Number.NaN);
    this.scratches.push(buffer);
    this.growEpisode(buffer.data.byteLength);
    return buffer;
  }

  reset(): void {
    for (const buffer of this.scratches) buffer.data.fill(Number.NaN);
    this.scratches = [];
    this.opened = [];
    this.episodeBytes = 0;
  }

  beginEpisode(batch: number): void {
    if (!(Number.isInteger(batch) && batch >= 1)) {
      throw new RangeError(`beginEpisode: batch must be a whole number of at least 1, got ${batch}`);
    }
  }

  view(buffer: Buffer, from: number, rows: number): Buffer {
    const whole = matrix("view: buffer", buffer);
    if (!(from >= 0 && rows >= 1 && from + rows <= whole.rows)) {
      throw new RangeError(
        `view: rows ${from} to ${from + rows} are not within the buffer's ${whole.rows} rows`,
      );
    }
    const { cols } = whole;
    return new ReferenceBuffer(rows, cols, whole.data.subarray(from * cols, (from + rows) * cols));
  }

  write(buffer: Buffer, data: ArrayLike<number>): void {
    const target = matrix("write: buffer", buffer);
    if (data.length !== target.data.length) {
      throw new RangeError(
        `write: expected ${target.rows} x ${target.cols} = ${target.data.length} numbers, got ${data.length}`,
      );
    }
    target.data.set(data);
  }

  read(buffer: Buffer): Float64Array {
    return matrix("read: buffer", buffer).data.slice();
  }

  readInto<Numbers extends Float32Array | Float64Array>(buffer: Buffer, into: Numbers): Numbers {
    const { data } = matrix("readInto: buffer", buffer);
    if (into.length !== data.length) {
      throw new RangeError(`readInto: expected room for ${data.length} numbers, got ${into.length}`);
    }
    into.set(data);
    return into;
  }

  fill(buffers: readonly Buffer[], value: number): void {
    for (const buffer of buffers) matrix("fill: buffer", buffer).data.fill(value);
  }

  copy(from: Buffer, to: Buffer): void {
    matrixOf("copy: to", from.rows, from.cols, to).data.set(matrix("copy: from", from).data);
  }

  gatherRows(table: Buffer, indexes: Buffer, out: Buffer): void {
    const { rows, cols } = out;
    gatherRows(
      matrixOf("gatherRows: table", table.rows, cols, table),
      matrixOf("gatherRows: indexes", rows, 1, indexes),
      matrix("gatherRows: out", out),
    );
  }

  scatterRows(from: Buffer, indexes: Buffer, table: Buffer): void {
    const { rows, cols } = from;
    scatterRows(
      matrix("scatterRows: from", from),
      matrixOf("scatterRows: indexes", rows, 1, indexes),
      matrixOf("scatterRows: table", table.rows, cols, table),
    );
  }

  copyBlock(from: ColumnBlock, to: ColumnBlock, accumulate: boolean): void {
    copyBlock(
      blockShape(from, to),
      [matrix("copyBlock: from", from.buffer), from.column],
      [matrix("copyBlock: to", to.buffer), to.column],
      accumulate,
    );
  }

  matmul(out: Buffer, a: Buffer, b: Buffer, options: MatmulOptions = {}): void {
    multiply(matrix("matmul: out", out), matrix("matmul: a", a), matrix("matmul: b", b), options);
  }

  outerSum(out: Buffer, pairs: readonly Pair[]): void {
    const matrices = pairs.map(({ x, d }) => ({ x: matrix("outerSum: x", x), d: matrix("outerSum: d", d) }));
    outerSum(matrix("outerSum: out", out), matrices);
  }

  convolve(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    const images = imagesIn("convolve", shape, { x, weight, bias, out });
    convolveImages(
      shape,
      images,
      matrix("convolve: x", x),
      matrix("convolve: weight", weight),
      matrix("convolve: bias", bias),
      matrix("convolve: out", out),
    );
  }

  convolveBack(shape: ConvolutionShape, { x, weight, out }: Omit<ConvolutionParts<Buffer>, "bias">): void {
    const images = imagesIn("convolveBack", shape, { x, weight, out });
    convolveBack(
      shape,
      images,
      matrix("convolveBack: x", x),
      matrix("convolveBack: weight", weight),
      matrix("convolveBack: out", out),
    );
  }

  convolveWeights(shape: ConvolutionShape, { x, weight, bias, out }: ConvolutionParts<Buffer>): void {
    const images = imagesIn("convolveWeights", shape, { x, weight, bias, out });
    convolveWeights(
      shape,
      images,
      matrix("convolveWeights: x", x),
      matrix("convolveWeights: out", out),
      matrix("convolveWeights: weight", weight),
      matrix("convolveWeights: bias", bias),
    );
  }

  map(
    program: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
  ): void {
    runMap(
      program,
      inputs.map((input, k) => matrix(`map: input ${program.inputs[k]}`, input)),
      outputs.map((output, k) => output && matrix(`map: output ${k}`, output)),
      accumulate,
    );
  }

  traces(options: TraceOptions): Traces {
    const traces = new ReferenceTraces(options, (bytes) => this.growEpisode(bytes));
    this.opened.push(traces);
    return traces;
  }

  /** An oracle for small networks keeps everything in JavaScript's own memory. */
  expectRoom(): void {}

  capture(work: () => void): Captured {
    work();
    return { repeat: work, release: () => {} };
  }

  host(work: () => void): void {
    work();
  }

  adam(step: AdamStep): void {
    adam(step);
  }

  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void {
    clipScale(
      grads.map((grad) => matrix("clipScale: grad", grad)),
      maxNorm,
      matrixOf("clipScale: scale", 1, 1, scale),
      matrixOf("clipScale: norm", 1, 1, norm),
    );
  }

  allFinite(buffers: readonly Buffer[]): boolean {
    return buffers.every((buffer) => matrix("allFinite: buffer", buffer).data.every(Number.isFinite));
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    const { opened } = this;
    this.reset();
    this.permanent.clear();
    this.bytes = 0;
    for (const owner of [this, ...opened]) refuseAll(owner, "this device");
  }

  private growEpisode(bytes: number): void {
    this.episodeBytes += bytes;
    this.notePeak();
  }

  private notePeak(): void {
    this.peak = Math.max(this.peak, this.bytes + this.episodeBytes);
  }
}
