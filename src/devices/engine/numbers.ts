/** Numbers on their way between arrays, row after row, and buffers, whose rows begin at whole vectors. */
import type { EngineBuffer } from "./buffer.js";
import type { Arena } from "./machine.js";

/** Writes [rows x cols] numbers into a buffer; what pads its rows becomes 0. */
export function place(
  arena: Arena,
  { rows, cols, address, stride }: EngineBuffer,
  data: ArrayLike<number>,
): void {
  const step = stride / 4;
  const f32 = arena.floats(address, rows * step);
  if (step === cols) {
    f32.set(data);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const start = row * step;
    for (let col = 0; col < cols; col++) f32[start + col] = data[row * cols + col]!;
    f32.fill(0, start + cols, start + step);
  }
}

/** Reads a buffer's [rows x cols] numbers. */
export function take(
  arena: Arena,
  { rows, cols, address, stride }: EngineBuffer,
  into: Float32Array | Float64Array,
): void {
  const step = stride / 4;
  const f32 = arena.floats(address, rows * step);
  if (step === cols) {
    into.set(f32);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const start = row * step;
    for (let col = 0; col < cols; col++) into[row * cols + col] = f32[start + col]!;
  }
}
