import type { ColumnBlock } from "../../devices/device.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/**
 * Columns `from` to `from + cols` of every row: [rows, n] -> [rows, cols]. Adjoint: added to these columns.
 *
 * @throws RangeError where the tensor does not have them
 */
export function columns(tape: Tape, x: Tensor, from: number, cols: number): Tensor {
  if (!(from >= 0 && cols >= 1 && from + cols <= x.cols)) {
    throw new RangeError(`columns: ${from} to ${from + cols} are not within the columns of ${x.shape}`);
  }
  const { device } = tape;
  const out = tape.result(device.scratch(x.rows, cols), [x]);
  device.copyBlock({ buffer: x.value, column: from, columns: cols }, all(out, "value"), false);
  if (out.differentiable) {
    tape.onBackward({ adds: [x] }, () =>
      device.copyBlock(all(out, "grad"), { buffer: x.grad!, column: from, columns: cols }, true),
    );
  }
  return out;
}

/**
 * Parts of each row as rows of their own, such as the heads of a layer: [rows, parts * n] -> [rows * parts, n]; part k of row r
 * becomes row r * parts + k. Adjoint: each number's goes back to where it was.
 *
 * @throws RangeError where a row is not so many whole parts
 */
export function splitRows(tape: Tape, x: Tensor, parts: number): Tensor {
  if (!(parts >= 1 && Number.isInteger(x.cols / parts))) {
    throw new RangeError(`splitRows: rows of ${x.shape} are not ${parts} parts of one length`);
  }
  return reshaped(tape, x, x.rows * parts, x.cols / parts);
}

/**
 * So many rows side by side as one, such as what heads answer: [rows * parts, n] -> [rows, parts * n]. Undoes `splitRows`.
 *
 * @throws RangeError where rows are no multiple of parts
 */
export function joinRows(tape: Tape, x: Tensor, parts: number): Tensor {
  if (!(parts >= 1 && Number.isInteger(x.rows / parts))) {
    throw new RangeError(`joinRows: the rows of ${x.shape} are no multiple of ${parts}`);
  }
  return reshaped(tape, x, x.rows / parts, x.cols * parts);
}

/** The same numbers, row after row, in rows of another length. */
function reshaped(tape: Tape, x: Tensor, rows: number, cols: number): Tensor {
  const { device } = tape;
  const out = tape.result(device.scratch(rows, cols), [x]);
  device.copyBlock(all(x, "value"), all(out, "value"), false);
  if (out.differentiable) {
    tape.onBackward({ sets: [x] }, (how) =>
      device.copyBlock(all(out, "grad"), all(x, "grad"), how(x) === "add"),
    );
  }
  return out;
}

/** All columns of a tensor's value or adjoint. */
const all = (tensor: Tensor, what: "value" | "grad"): ColumnBlock => ({
  buffer: tensor[what]!,
  column: 0,
  columns: tensor.cols,
});
