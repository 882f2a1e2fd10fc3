/**
 * Matrices as 8-bit whole numbers: each column has a scale of its own, so that one large connection spoils only the
 * neuron that it leads to. A column's largest number becomes 127.
 */
import type { TensorToWrite } from "./safetensors.js";

/** A quantised tensor's scales, [1, cols], are a tensor of this name. */
export const scaleOf = (tensor: string): string => `${tensor}/scale`;
export const isScale = (tensor: string): boolean => tensor.endsWith("/scale");

/** The two tensors that stand for a matrix [rows, cols]. No number is off by more than half a scale, 1/254 of the largest. */
export function quantised(
  name: string,
  shape: readonly [number, number],
  data: ArrayLike<number>,
): Record<string, TensorToWrite> {
  const [rows, cols] = shape;
  const scale = new Float32Array(cols);
  for (let k = 0; k < rows * cols; k++)
    scale[k % cols] = Math.max(scale[k % cols]!, Math.abs(data[k]!) / 127);
  const whole = new Int8Array(rows * cols);
  for (let k = 0; k < whole.length; k++) {
    const step = scale[k % cols]!;
    // Rounding the scale to float32 may bring the largest a little above 127.
    whole[k] = step === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(data[k]! / step)));
  }
  return { [name]: { shape, data: whole }, [scaleOf(name)]: { shape: [1, cols], data: scale } };
}

/** The matrix that quantised numbers [rows, cols] stand for. */
export function dequantised(whole: Int8Array, scale: ArrayLike<number>): Float32Array {
  const numbers = new Float32Array(whole.length);
  const cols = scale.length;
  for (let row = 0; row < whole.length; row += cols) {
    for (let col = 0; col < cols; col++) numbers[row + col] = whole[row + col]! * scale[col]!;
  }
  return numbers;
}
