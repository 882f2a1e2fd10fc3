import type { Parameter } from "../tape/index.js";

/**
 * Starts parameters anew, at numbers drawn evenly from -range to range: weights, biases and constants of rules alike, in their
 * order. Language models of the LSTM's time began so, with a range of 0.1 or 0.05 (Zaremba et al. 2014).
 *
 * @throws RangeError for a range that is no positive number
 */
export function startUniform(
  parameters: readonly Parameter[],
  range: number,
  random: { uniform(): number },
): void {
  if (!(range > 0 && Number.isFinite(range))) {
    throw new RangeError(`startUniform: range must be a positive number, got ${range}`);
  }
  for (const { device, value, shape } of parameters) {
    const numbers = Float32Array.from(
      { length: shape[0] * shape[1] },
      () => range * (2 * random.uniform() - 1),
    );
    device.write(value, numbers);
  }
}
