import type { Buffer, ColumnBlock, MapProgram } from "../../devices/device.js";
import { name } from "../../formulas/index.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

const identity: MapProgram = { inputs: ["x"], outputs: [name("x")] };

/**
 * Tensors side by side: [rows, a], [rows, b] ... -> [rows, a + b ...]. Adjoint: each gets its own columns.
 * A step of a network that is to be exported must not use it: no model file can say it yet.
 *
 * @throws RangeError for no tensor at all, or another number of rows
 */
export function concat(tape: Tape, tensors: readonly Tensor[]): Tensor {
  const { rows } = expectAlike("concat", tensors, "rows");
  const { device } = tape;
  const cols = tensors.reduce((total, tensor) => total + tensor.cols, 0);
  const out = tape.result(device.scratch(rows, cols), tensors);
  let first = 0;
  const parts = tensors.map((tensor) => {
    const place = { column: first, columns: tensor.cols };
    first += tensor.cols;
    device.copyBlock(whole(tensor.value), { buffer: out.value, ...place }, false);
    return { tensor, place };
  });
  if (!out.differentiable) return out;
  tape.onBackward({ sets: differentiable(tensors) }, (how) => {
    for (const { tensor, place } of parts) {
      if (!tensor.differentiable) continue;
      device.copyBlock({ buffer: out.grad!, ...place }, whole(tensor.grad!), how(tensor) === "add");
    }
  });
  return out;
}

/**
 * Tensors one above the other: [a, cols], [b, cols] ... -> [a + b ..., cols], such as the answers of all steps. Adjoint: each
 * gets its own rows.
 *
 * @throws RangeError for no tensor at all, or another number of columns
 */
export function concatRows(tape: Tape, tensors: readonly Tensor[]): Tensor {
  const { cols } = expectAlike("concatRows", tensors, "cols");
  const { device } = tape;
  const rows = tensors.reduce((total, tensor) => total + tensor.rows, 0);
  const out = tape.result(device.scratch(rows, cols), tensors);
  let first = 0;
  const parts = tensors.map((tensor) => {
    const from = first;
    first += tensor.rows;
    device.copy(tensor.value, device.view(out.value, from, tensor.rows));
    return { tensor, from };
  });
  if (!out.differentiable) return out;
  tape.onBackward({ sets: differentiable(tensors) }, (how) => {
    for (const { tensor, from } of parts) {
      if (!tensor.differentiable) continue;
      device.map(identity, [device.view(out.grad!, from, tensor.rows)], [tensor.grad], how(tensor) === "add");
    }
  });
  return out;
}

const whole = (buffer: Buffer): ColumnBlock => ({ buffer, column: 0, columns: buffer.cols });
const differentiable = (tensors: readonly Tensor[]) => tensors.filter((tensor) => tensor.differentiable);

function expectAlike(where: string, tensors: readonly Tensor[], side: "rows" | "cols"): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError(`${where}: expected at least one tensor, got none`);
  const other = tensors.find((tensor) => tensor[side] !== first[side]);
  if (!other) return first;
  const words = { rows: "rows", cols: "columns" }[side];
  throw new RangeError(`${where}: all tensors must have ${first[side]} ${words}, got ${other.shape}`);
}
