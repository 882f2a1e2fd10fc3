import { dequantised, isScale, scaleOf } from "./quantised.js";
import type { StoredTensor } from "./safetensors.js";

/** A matrix as files and checkpoints hold it, row-major. */
export interface StoredMatrix {
  readonly shape: readonly [number, number];
  readonly data: Float32Array | Float64Array;
}

/**
 * The matrices whose names begin with `prefix`, by the rest of their names; 8-bit ones as the numbers that they stand for.
 * `damaged` makes the error for a tensor that is no matrix of finite numbers.
 */
export function matricesOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix: string,
  damaged: (tensor: string, got: string) => Error,
): Record<string, StoredMatrix> {
  const found: [string, StoredMatrix][] = [];
  for (const [name, tensor] of tensors) {
    if (!name.startsWith(prefix) || isScale(name)) continue;
    const [rows, cols] = tensor.shape;
    if (rows === undefined || cols === undefined || tensor.shape.length !== 2) {
      throw damaged(name, `a tensor of shape [${tensor.shape}]`);
    }
    const data = numbersOf(name, tensor, cols, tensors, damaged);
    if (!allFinite(data)) throw damaged(name, "numbers that are not finite");
    found.push([name.slice(prefix.length), { shape: [rows, cols], data }]);
  }
  return Object.fromEntries(found);
}

function numbersOf(
  name: string,
  { data, dtype }: StoredTensor,
  cols: number,
  tensors: ReadonlyMap<string, StoredTensor>,
  damaged: (tensor: string, got: string) => Error,
): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  const scale = tensors.get(scaleOf(name))?.data;
  if (!(data instanceof Int8Array)) throw damaged(name, `numbers of type ${dtype}`);
  if (!(scale instanceof Float32Array) || scale.length !== cols) {
    throw damaged(name, `8-bit numbers without ${cols} scales`);
  }
  return dequantised(data, scale);
}

/** A plain loop, for `every` takes ten times as long; and an iterator five times, in a page that has just come. */
function allFinite(numbers: Float32Array | Float64Array): boolean {
  // What is not finite is NaN once it is taken from itself.
  for (let k = 0; k < numbers.length; k++) if (numbers[k]! - numbers[k]! !== 0) return false;
  return true;
}
