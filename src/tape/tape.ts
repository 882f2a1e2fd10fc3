import type { Buffer, Device } from "../devices/device.js";
import { type Adjoint, planAdjoints, type Touched } from "./adjoints.js";
import { type Parameter, Tensor } from "./tensor.js";

/**
 * Records what is computed during one episode, and plays it backwards.
 * Ops (`src/tape/ops/`) compute at once on the device and leave their adjoint here.
 * A new tape resets its device: tensors of the tape before it are gone.
 */
export class Tape {
  private adjoints: Adjoint[] = [];
  private produced: Tensor[] = [];
  private finishers: (() => void)[] = [];
  private params = new Map<Parameter, Tensor>();

  /** @throws RangeError for a batch of none */
  constructor(
    readonly device: Device,
    /** How many episodes run side by side. */
    readonly batch: number,
    /** False: nothing is kept for a backward pass (evaluation). */
    readonly recording = true,
  ) {
    if (!(Number.isSafeInteger(batch) && batch >= 1)) {
      throw new RangeError(`tape: batch must be a whole number of at least 1, got ${batch}`);
    }
    device.reset();
    device.beginEpisode(batch);
  }

  /** A tensor [rows, cols] of as many numbers (row-major); no adjoint. Throws a RangeError for another count. */
  constant(rows: number, cols: number, data: ArrayLike<number>): Tensor {
    if (data.length !== rows * cols) {
      throw new RangeError(
        `tape.constant: expected ${rows} x ${cols} = ${rows * cols} numbers, got ${data.length}`,
      );
    }
    const value = this.device.scratch(rows, cols);
    this.device.write(value, data);
    return new Tensor(value, false);
  }

  /** The content of a kept buffer as a tensor, to be written before each run of a captured episode; no adjoint. */
  input(buffer: Buffer): Tensor {
    return new Tensor(buffer, false);
  }

  /** A tensor [rows, cols] filled with one number; no adjoint. */
  filled(rows: number, cols: number, value: number): Tensor {
    const buffer = this.device.scratch(rows, cols);
    this.device.fill([buffer], value);
    return new Tensor(buffer, false);
  }

  /** A given tensor whose adjoint is wanted, readable after `backward` (for checks of gradients). */
  variable(rows: number, cols: number, data: ArrayLike<number>): Tensor {
    const tensor = new Tensor(this.constant(rows, cols, data).value, true);
    this.produced.push(tensor);
    return tensor;
  }

  /** The parameter as a tensor; its adjoint is the parameter's gradient. */
  param(parameter: Parameter): Tensor {
    const known = this.params.get(parameter);
    if (known) return known;
    const tensor = new Tensor(parameter.value, this.recording && parameter.trained);
    if (tensor.differentiable) tensor.grad = parameter.grad;
    this.params.set(parameter, tensor);
    return tensor;
  }

  /** For ops: the tensor of a result. `inputs` decide whether it needs an adjoint. */
  result(value: Buffer, inputs: readonly { readonly differentiable: boolean }[]): Tensor {
    const tensor = new Tensor(value, this.recording && inputs.some((input) => input.differentiable));
    if (tensor.differentiable) this.produced.push(tensor);
    return tensor;
  }

  /** Rows `from` to `from + rows` (exclusive), sharing memory with the whole. Throws a RangeError outside it. */
  rows(tensor: Tensor, from: number, rows: number): Tensor {
    const slice = new Tensor(this.device.view(tensor.value, from, rows), tensor.differentiable, {
      of: tensor,
      from,
    });
    if (slice.differentiable) this.produced.push(slice);
    return slice;
  }

  /**
   * For ops: what to do on the way back, and whose adjoints that changes. `run` is told which
   * of `touched.sets` to overwrite, and adds to the others.
   */
  onBackward(touched: Touched, run: Adjoint["run"]): void {
    if (this.recording) this.adjoints.push({ touched, run });
  }

  /** For ops: what to do after the way back. */
  onFinish(finisher: () => void): void {
    if (this.recording) this.finishers.push(finisher);
  }

  /**
   * Computes the gradient of a loss [1, 1] with respect to every parameter, into `parameter.grad` (overwritten),
   * and the adjoint of every tensor on the way. Once per tape.
   *
   * @throws RangeError unless the loss is [1, 1]; Error if it depends on no trained parameter, or nothing was recorded
   */
  backward(loss: Tensor): void {
    if (loss.rows !== 1 || loss.cols !== 1) {
      throw new RangeError(`tape.backward: the loss must be [1, 1], got ${loss.shape}; sum it first`);
    }
    if (!loss.differentiable) {
      throw new Error(
        "tape.backward: the loss depends on no trained parameter, or the tape was not recording",
      );
    }
    const { adjoints, produced, device } = this;
    const plan = planAdjoints(adjoints, produced, loss);
    const zeroed: Buffer[] = [];
    for (const tensor of produced) {
      if (tensor.slice || plan.aliases.has(tensor)) continue;
      tensor.grad = device.scratch(tensor.rows, tensor.cols);
      if (plan.zeroed.has(tensor)) zeroed.push(tensor.grad);
    }
    const gradOf = (tensor: Tensor): Buffer | null => {
      const { slice } = tensor;
      const alias = plan.aliases.get(tensor);
      if (alias) tensor.grad ??= gradOf(alias);
      else if (slice) {
        const whole = gradOf(slice.of);
        tensor.grad ??= whole && device.view(whole, slice.from, tensor.rows);
      }
      return tensor.grad;
    };
    // From the last one: what a long chain of sums shares is then known one step ahead.
    for (let k = produced.length - 1; k >= 0; k--) gradOf(produced[k]!);
    device.fill(zeroed, 0);
    device.fill(
      [...this.params.keys()].filter((param) => param.trained).map((param) => param.grad),
      0,
    );
    device.fill([loss.grad!], 1);
    for (let i = adjoints.length - 1; i >= 0; i--) adjoints[i]!.run((tensor) => plan.how(i, tensor));
    for (const finish of this.finishers) finish();
    this.adjoints = [];
    this.finishers = [];
  }
}
