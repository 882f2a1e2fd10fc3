import type { Input } from "../models/index.js";
import { described } from "./bytes.js";
import { expectIndex } from "./look.js";

/**
 * What an input may be given: numbers [batch, size]. Of one that is all 0 but for a 1 (a word, a class) the place of the 1 is enough,
 * from 0: a number, and for several lives side by side an array with one for each.
 */
type Given = number | ArrayLike<number>;

/** What a step may be given: that of the first input, or of each input by name. */
export type StepInput = Given | Readonly<Record<string, Given | undefined>>;

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
  const named = isGiven(input) ? { [inputs[0]?.name ?? ""]: input } : input;
  if (typeof named !== "object" || named === null) {
    throw new TypeError(`step: expected numbers, or numbers by the input's name, got ${described(input)}`);
  }
  const given = new Map<string, Float32Array>();
  for (const [name, values] of Object.entries(named)) {
    if (values === undefined) continue;
    const expected = inputs.find((each) => each.name === name);
    if (!expected) {
      const known = inputs.map((each) => each.name).join(", ");
      throw new TypeError(`step: there is no input ${described(name)}; the model has ${known}`);
    }
    if (!isGiven(values)) {
      throw new TypeError(`step: "${name}" must be an array of numbers, got ${described(values)}`);
    }
    given.set(name, numbersOf(name, values, batch, expected.size));
  }
  return given;
}

function numbersOf(name: string, given: Given, batch: number, size: number): Float32Array {
  const count = batch * size;
  const numbers = new Float32Array(count);
  const isPlace = typeof given === "number";
  const values = isPlace ? [given] : given;
  // An array of one is no place: whoever passes it to one life has forgotten the other numbers.
  if (values.length === batch && (isPlace || (batch > 1 && size > 1))) {
    for (let b = 0; b < batch; b++) {
      const place = values[b]!;
      expectIndex(`step: "${name}"`, place, size);
      numbers[b * size + place] = 1;
    }
    return numbers;
  }
  if (values.length !== count) {
    const shape = batch === 1 ? `${count} numbers` : `[${batch}, ${size}] = ${count} numbers`;
    throw new RangeError(`step: "${name}" must be ${shape}, got ${described(values.length)}`);
  }
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

const isGiven = (input: unknown): input is Given =>
  typeof input === "number" ||
  (typeof input === "object" && input !== null && "length" in input && typeof input.length === "number");
