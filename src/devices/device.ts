import type { Formula } from "../formulas/tree.js";
import type { Rule } from "../rules/rule.js";
import type { ConvolutionParts, ConvolutionShape } from "./convolution.js";
import type { DeviceKind } from "./kinds.js";

/**
 * A matrix of float32 (float64 on the reference device) that lives on a device: `rows` x `cols`, row-major.
 * A vector is `1 x n`, a number `1 x 1`. How rows are padded is the device's own business.
 */
export interface Buffer {
  readonly rows: number;
  readonly cols: number;
}

/** What `init` chose, and why, in words fit for a person. */
export interface DeviceInfo {
  readonly kind: DeviceKind;
  readonly threads: number;
  /** Numbers in a vector, where that differs from machine to machine: the order of sums, and so their last bits, follow from it. */
  readonly lanes?: number;
  readonly why: string;
}

/**
 * An element-wise program over a batch: formulas of the cell, the loss, and their derivatives.
 * Row b of every output is computed from row b of every input. An input of one row (a bias) is read again for every
 * row, one of one column (a signal) for every column, one of a single element (a constant) for all.
 */
export interface MapProgram {
  /** Names of the inputs, in the order in which buffers are passed to `map`. */
  readonly inputs: readonly string[];
  /** One formula an output, over the inputs' names and those of reductions. */
  readonly outputs: readonly Formula[];
  /** What outputs need to know of their whole row: each over the inputs and the reductions before it. */
  readonly reductions?: readonly Reduction[];
  /**
   * Numbers of a row, over reductions, inputs of one column and single numbers. Their buffers, [rows, 1], come after those of
   * `outputs`.
   */
  readonly rowOutputs?: readonly Formula[];
}

/** A number of each row, by name: the sum, or the largest, of a formula over the row's columns. The largest passes NaN over. */
export interface Reduction {
  readonly name: string;
  readonly how: "sum" | "max";
  readonly formula: Formula;
}

/** The vectors and signals that one trace update reads; each may have its adjoint. */
export type UpdateBuffers = Readonly<Record<string, Buffer>>;

/** What one of a rule's reads takes, by the names in its sum (see `Rule.reads`), and where its value goes, which is overwritten. */
export interface NamedRead {
  readonly vectors: UpdateBuffers;
  /** Per "pre" [batch, N], per "post" [batch, M]. */
  readonly out: Buffer;
}

/**
 * One sweep over a plastic connection: first the update that is pending (H(t-1) -> H(t)), then reads: `out = x @ W(H(t))`, and
 * those that the rule names. Each may be missing, not all. So what the update of the step after must know of H(t) comes from
 * the same sweep.
 */
export interface Sweep {
  /** All of `Rule.vectors`: by rate, "episode" [batch, 1], "pre" [batch, N], "post" [batch, M]. */
  readonly update?: UpdateBuffers;
  /** `x` [batch, N] in; `out` [batch, M] is overwritten; `vectors`: those of `Rule.weightVectors`. */
  readonly read?: { readonly x: Buffer; readonly out: Buffer; readonly vectors?: UpdateBuffers };
  /** By the rule's names. */
  readonly reads?: Readonly<Record<string, NamedRead>>;
}

/** The adjoints that the backward pass of one sweep takes and adds to. A missing one is not computed. */
export interface SweepAdjoint {
  /** dL/d(out) of the read, [batch, M]. */
  readonly out?: Buffer;
  /** dL/dx of the read is added here, [batch, N]. */
  readonly x?: Buffer;
  /** dL/d(vector) of the read's vectors are added to these. */
  readonly vectors?: UpdateBuffers;
  /** dL/d(pre), dL/d(post), dL/d(signal)... are added to these. */
  readonly update?: UpdateBuffers;
  /** dL/d(out) of the rule's own reads, and where dL/d(vector) are added. A read without an adjoint has none to pass on. */
  readonly reads?: Readonly<Record<string, { readonly out: Buffer; readonly vectors: UpdateBuffers }>>;
}

export interface TraceOptions {
  readonly rule: Rule;
  readonly batch: number;
  /** Presynaptic (N) and postsynaptic (M) neurons. */
  readonly pre: number;
  readonly post: number;
  /** Sweeps that the episode will have, if known: lets the device plan its memory. */
  readonly steps?: number;
  /** False: only forward; nothing is kept for a backward pass. */
  readonly differentiable: boolean;
  /**
   * The rule's parameters by name: per "layer" [1, 1], "pre" [1, N], "post" [1, M], "connection" [N, M].
   * Parameters stay constant during an episode.
   */
  readonly params: Readonly<Record<string, Buffer>>;
  /** What the connection is called, for whoever describes the network: one without parameters has no other name. */
  readonly name?: string;
}

/**
 * The traces of one plastic connection during one episode, for every element of the batch.
 * Traces start at the rule's initial values. Sweeps are numbered from 0 in the order of `forward` calls;
 * `backward` must be called for each in reverse order.
 */
export interface Traces {
  forward(sweep: Sweep): void;
  /** Copies a trace as it stands (after all updates so far) to `out`: [batch * N, M], row b * N + i. */
  read(trace: string, out: Buffer): void;
  /** Overwrites a trace before the first sweep; same shape as in `read`. */
  load(trace: string, from: Buffer): void;
  /** Adds dL/d(trace as it stood at the matching `read`), shape as in `read`. Call in reverse order, as all adjoints. */
  addAdjoint(trace: string, grad: Buffer): void;
  /** The adjoint of sweep number `index`. `params` holds where each parameter's gradient is added to. */
  backward(index: number, adjoint: SweepAdjoint, params: Readonly<Record<string, Buffer>>): void;
  /** How many copies of all traces it has held at once up to now: versions for the way back, and their adjoint. */
  readonly copies: number;
  /** Call after the last `backward`: everything deferred (the product for dW) is added by now. */
  finish(): void;
}

/** The device cannot hold what is asked for. */
export class DeviceMemoryError extends Error {
  override readonly name = "DeviceMemoryError";
}

/** The kind of device that was asked for cannot work here: no WebAssembly, or one without vectors, or forbidden by the page. */
export class DeviceUnavailableError extends Error {
  override readonly name = "DeviceUnavailableError";
}

/** A plastic connection that is to be trained, for an estimate of the memory that takes. */
export interface TrainingNeed {
  readonly rule: Rule;
  readonly batch: number;
  readonly pre: number;
  readonly post: number;
  readonly steps: number;
}

export interface AdamStep {
  readonly param: Buffer;
  readonly grad: Buffer;
  /** First and second moment, same shape. */
  readonly m: Buffer;
  readonly v: Buffer;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decoupled weight decay: param -= lr * weightDecay * param. */
  readonly weightDecay: number;
  /** 1-based count of this step, for the bias corrections. */
  readonly step: number;
  /** A factor on the gradient, [1, 1], from `clipScale`; absent: 1. */
  readonly scale?: Buffer;
}

/** Work that a device has done once and can repeat. */
export interface Captured {
  repeat(): void;
  /** Gives back the memory that remembering took. */
  release(): void;
}

/**
 * What a device can do. Calls may be queued; `read` sees everything called before it.
 * Every method that returns nothing writes its result to buffers it is given. Outputs never overlap inputs,
 * except where the same element is read and written (`map` in place).
 */
export interface Device {
  readonly info: DeviceInfo;
  /**
   * Throws a DeviceMemoryError with an estimate if training a connection (parameters, gradients, moments, traces,
   * activity) would not fit. Call it before anything is allocated.
   */
  expectRoom(need: TrainingNeed): void;
  /** A zeroed buffer that lives until `release`. */
  allocate(rows: number, cols: number): Buffer;
  release(buffer: Buffer): void;
  /** A buffer of unknown content that lives until the next `reset`. */
  scratch(rows: number, cols: number): Buffer;
  /** Frees all scratch buffers and traces (an episode's end). */
  reset(): void;
  /** Says how many episodes run side by side, so that work of that many rows is split by episode. */
  beginEpisode(batch: number): void;
  /** Rows `from` to `from + rows` of a buffer, sharing its memory. */
  view(buffer: Buffer, from: number, rows: number): Buffer;
  /** Copies numbers in (rows * cols of them, row-major, unpadded). */
  write(buffer: Buffer, data: ArrayLike<number>): void;
  /** Copies numbers out, unpadded. Float32Array, or Float64Array on the reference device. */
  read(buffer: Buffer): Float32Array | Float64Array;
  /** As `read`, into an array of rows * cols numbers, which is returned. */
  readInto<Numbers extends Float32Array | Float64Array>(buffer: Buffer, into: Numbers): Numbers;
  /** Sets every element; buffers allocated one after another are filled in one go. */
  fill(buffers: readonly Buffer[], value: number): void;
  copy(from: Buffer, to: Buffer): void;
  /**
   * out[r] = table[indexes[r]]: rows of a table by their numbers from 0 (whole ones, `indexes` [rows, 1]). A row whose number the
   * table does not have becomes NaN; the reference device throws a RangeError.
   */
  gatherRows(table: Buffer, indexes: Buffer, out: Buffer): void;
  /** table[indexes[r]] += from[r], for each r in order: the adjoint of `gatherRows`. Numbers that the table does not have are passed over. */
  scatterRows(from: Buffer, indexes: Buffer, table: Buffer): void;
  /**
   * Copies the numbers of a block of columns, row after row, to another block of as many numbers, or adds them. The rows of one
   * are as long as those of the other, or so many whole rows of it: [rows, n * columns] <-> [rows * n, columns].
   */
  copyBlock(from: ColumnBlock, to: ColumnBlock, accumulate: boolean): void;
  /** out = a @ b, or += with `accumulate`; `transposeB`: a @ b^T. (a^T @ b is `outerSum`.) */
  matmul(out: Buffer, a: Buffer, b: Buffer, options?: MatmulOptions): void;
  /** out[i, j] += sum over all pairs and rows r of x[r, i] * d[r, j]: the weight gradient of many steps at once. */
  outerSum(out: Buffer, pairs: readonly Pair[]): void;
  /** out = bias + the convolution of x with the weight, for all images at once; `out` is overwritten. */
  convolve(shape: ConvolutionShape, buffers: ConvolutionParts<Buffer>): void;
  /** The adjoint of `convolve` for its input: adds to `x` what `out`, the output's adjoint, says. */
  convolveBack(shape: ConvolutionShape, buffers: Omit<ConvolutionParts<Buffer>, "bias">): void;
  /** The gradients of `convolve`: adds to `weight` and `bias` what `x` and `out`, the output's adjoint, say. */
  convolveWeights(shape: ConvolutionShape, buffers: ConvolutionParts<Buffer>): void;
  /**
   * Runs an element-wise program. The extent is the largest number of rows and of columns among all buffers.
   * An output smaller than the extent receives the sum over the rows or columns it lacks (the adjoint of broadcasting).
   * With `accumulate`, outputs are added to; without, they are overwritten.
   * A `null` output is not computed.
   */
  map(
    program: MapProgram,
    inputs: readonly Buffer[],
    outputs: readonly (Buffer | null)[],
    accumulate: boolean,
  ): void;
  /** Opens the traces of a plastic connection for one episode. They are freed by `reset`. */
  traces(options: TraceOptions): Traces;
  /**
   * Does `work` at once, and hands out a way to do the same again, faster where the device can remember what it was
   * told. `work` must make the same calls each time; only the content of kept buffers may differ. Buffers it makes
   * (assign them to variables outside) hold the results after each run.
   */
  capture(work: () => void): Captured;
  /**
   * Runs `work` on the host once everything called before is done, and before anything called after. A captured
   * episode calls it again in each repetition, so that a world may answer between two steps of a network. `work` may
   * read any buffer and write kept ones; it computes nothing on the device.
   */
  host(work: () => void): void;
  adam(step: AdamStep): void;
  /** scale = min(1, maxNorm / sqrt(sum of squares of all grads)); norm receives the root. Both [1, 1]. */
  clipScale(grads: readonly Buffer[], maxNorm: number, scale: Buffer, norm: Buffer): void;
  /** True if every element of every buffer is finite. */
  allFinite(buffers: readonly Buffer[]): boolean;
  /** Peak bytes held so far. */
  readonly peakBytes: number;
  /** Stops worker threads and frees memory. Every other method throws an Error from then on, those of its traces too. */
  dispose(): Promise<void>;
}

/** Some neighbouring columns of all rows of a buffer. */
export interface ColumnBlock {
  readonly buffer: Buffer;
  /** The first of them, from 0. */
  readonly column: number;
  readonly columns: number;
}

/** What goes into a product, x [rows, K], and the adjoint of what came out, d [rows, N]. */
export interface Pair {
  readonly x: Buffer;
  readonly d: Buffer;
}

export interface MatmulOptions {
  readonly transposeB?: boolean;
  readonly accumulate?: boolean;
}
