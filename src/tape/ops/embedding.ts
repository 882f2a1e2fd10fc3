import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/**
 * Rows of a table by their numbers: `table` [words, n], `indexes` [rows, 1] -> [rows, n]. Adjoint: each row's is added to the
 * table's row, in the order of the rows, so that its bits do not depend on threads.
 *
 * Indexes are numbers on the device (whole ones from 0; exact up to 2^24), so that a captured episode takes other words by other
 * content of their buffer. A row whose number the table does not have is NaN, and so is the loss (the reference device throws).
 * All steps' words at once, [steps * batch, 1], are one call: `tape.rows` has those of a step.
 *
 * @throws RangeError unless indexes have one column; Error if they would need an adjoint
 */
export function embedding(tape: Tape, table: Tensor, indexes: Tensor): Tensor {
  if (indexes.cols !== 1) {
    throw new RangeError(`embedding: indexes must be [rows, 1], got ${indexes.shape}`);
  }
  if (indexes.differentiable)
    throw new Error("embedding: indexes must need no adjoint: they are numbers of rows");
  const { device } = tape;
  const out = tape.result(device.scratch(indexes.rows, table.cols), [table]);
  device.gatherRows(table.value, indexes.value, out.value);
  if (out.differentiable) {
    tape.onBackward({ adds: [table] }, () => device.scatterRows(out.grad!, indexes.value, table.grad!));
  }
  return out;
}
