import type { Buffer } from "../device.js";

/** A buffer of the reference device: float64, row-major, no padding. Views share `data`'s memory. */
export class ReferenceBuffer implements Buffer {
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly data: Float64Array,
  ) {}
}

/** A new matrix filled with `value`. Throws RangeError unless both sizes are whole numbers of at least 1. */
export function newMatrix(rows: number, cols: number, value: number): ReferenceBuffer {
  if (!(Number.isInteger(rows) && Number.isInteger(cols) && rows >= 1 && cols >= 1)) {
    throw new RangeError(
      `a buffer needs whole numbers of rows and columns of at least 1, got ${rows} x ${cols}`,
    );
  }
  return new ReferenceBuffer(rows, cols, new Float64Array(rows * cols).fill(value));
}

/** The buffer as a matrix of this device. Throws TypeError for a buffer that another device made. */
export function matrix(what: string, buffer: Buffer | undefined): ReferenceBuffer {
  if (buffer instanceof ReferenceBuffer) return buffer;
  const got = buffer === undefined ? "none" : "one of another device";
  throw new TypeError(`${what} must be a buffer of the reference device, got ${got}; allocate it there`);
}

/** Like `matrix`, and throws RangeError unless the buffer is rows x cols. */
export function matrixOf(
  what: string,
  rows: number,
  cols: number,
  buffer: Buffer | undefined,
): ReferenceBuffer {
  const found = matrix(what, buffer);
  if (found.rows !== rows || found.cols !== cols) {
    throw new RangeError(
      `${what} must be [${rows}, ${cols}], got [${found.rows}, ${found.cols}]; batch first, then pre, then post`,
    );
  }
  return found;
}
