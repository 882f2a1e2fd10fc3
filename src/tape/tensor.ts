import type { Buffer, Device } from "../devices/device.js";

/** A matrix on the tape: its value and, during the backward pass, its adjoint (the gradient of the loss). */
export class Tensor {
  /** The adjoint; exists from `tape.backward` on, for tensors that lead to a parameter. */
  grad: Buffer | null = null;

  constructor(
    readonly value: Buffer,
    /** True if a parameter lies upstream, so that an adjoint is worth computing. */
    readonly differentiable: boolean,
    /** A slice of another tensor's rows shares that tensor's value and adjoint. */
    readonly slice: { readonly of: Tensor; readonly from: number } | null = null,
  ) {}

  /** Rows; of what differs by episode, rows of all episodes. */
  get rows(): number {
    return this.value.rows;
  }
  /** Columns. */
  get cols(): number {
    return this.value.cols;
  }
  /** "[rows, cols]", for messages. */
  get shape(): string {
    return `[${this.rows}, ${this.cols}]`;
  }
}

/** A learned matrix [rows, cols]: lives on a device across episodes, with its gradient of the same shape beside it. */
export class Parameter {
  readonly value: Buffer;
  readonly grad: Buffer;

  /** `init`: rows * cols numbers, row-major; null: zeros. Throws a RangeError for another count, or sizes below 1. */
  constructor(
    readonly name: string,
    readonly device: Device,
    rows: number,
    cols: number,
    init: ArrayLike<number> | null,
    /** False: kept constant by the optimiser, and no gradient is computed. */
    readonly trained = true,
  ) {
    if (!(Number.isSafeInteger(rows) && Number.isSafeInteger(cols) && rows >= 1 && cols >= 1)) {
      throw new RangeError(
        `parameter ${name}: rows and cols must be whole numbers of at least 1, got ${rows} and ${cols}`,
      );
    }
    this.value = device.allocate(rows, cols);
    this.grad = device.allocate(rows, cols);
    if (init) device.write(this.value, init);
  }

  /** [rows, cols] of value, gradient and moments. */
  get shape(): [number, number] {
    return [this.value.rows, this.value.cols];
  }
  /** Gives its memory back; tensors made of it must no longer be used. */
  release(): void {
    this.device.release(this.value);
    this.device.release(this.grad);
  }
}
