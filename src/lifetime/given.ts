import type { Input } from "../models/index.js";
import { described } from "./bytes.js";

/** What a step may be given: numbers [batch, size] for the first input, or for each input by name. */
export type StepInput = ArrayLike<number> | Readonly<Record<string, ArrayLike<number> | undefined>>;

/**
 * The inputs of a step by name, as float32. Every number is read once, then checked: what is looked at may be shared with
 * another thread, or an object of whatever kind.
 *
 * @throws TypeError for what can be no input; RangeError for another count of numbers, or one that is not finite in float32
 */
export function givenInputs(
  input: StepInput,
  inputs: readonly Input[],
  batch: number,
): Map<string, Float32Array> {
  if (typeof input !== "object" || input === null) {
    throw new TypeError(`step: expected numbers, or numbers by the input's name, got ${described(input)}`);
  }
  const named = isNumbers(input) ? { [inputs[0]?.name ?? ""]: input } : input;
  const given = new Map<string, Float32Array>();
  for (const [name, values] of Object.entries(named)) {
    if (values === undefined) continue;
    const expected = inputs.find((each) => each.name === name);
    if (!expected) {
      const known = inputs.map((each) => each.name).join(", ");
      throw new TypeError(`step: there is no input ${described(name)}; the model has ${known}`);
    }
    if (typeof values !== "object" || values === null || !isNumbers(values)) {
      throw new TypeError(`step: "${name}" must be an array of numbers, got ${described(values)}`);
    }
    given.set(name, numbersOf(name, values, batch, expected.size));
  }
  return given;
}

function numbersOf(name: string, values: ArrayLike<number>, batch: number, size: number): Float32Array {
  const count = batch * size;
  if (values.length !== count) {
    const shape = batch === 1 ? `${count} numbers` : `[${batch}, ${size}] = ${count} numbers`;
    throw new RangeError(`step: "${name}" must be ${shape}, got ${described(values.length)}`);
  }
  const numbers = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const value: unknown = values[k];
    // What is finite in float64 may be infinite in float32, which a life is made of.
    if (typeof value === "number") numbers[k] = value;
    if (typeof value === "number" && Number.isFinite(numbers[k])) continue;
    throw new RangeError(
      `step: "${name}" must hold numbers that are finite in float32 (up to 3.4e38), got ${described(value)} at ${k}`,
    );
  }
  return numbers;
}

const isNumbers = (input: object): input is ArrayLike<number> =>
  "length" in input && typeof input.length === "number";
