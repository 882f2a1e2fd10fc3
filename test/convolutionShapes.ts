import fc from "fast-check";
import type { ConvolutionShape } from "../src/devices/convolution.js";

/** Convolutions of a few pixels, with kernels and images of any proportion; `channels`, `filters` from these. */
export function convolutionShapes(
  channels: fc.Arbitrary<number>,
  filters: fc.Arbitrary<number>,
  most: number,
): fc.Arbitrary<ConvolutionShape> {
  const side = fc.integer({ min: 1, max: most });
  return fc
    .record({
      kernelHeight: fc.integer({ min: 1, max: 3 }),
      kernelWidth: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      below: side,
      beside: side,
      channels,
      filters,
    })
    .map(({ below, beside, ...shape }) => ({
      ...shape,
      height: shape.kernelHeight + below - 1,
      width: shape.kernelWidth + beside - 1,
    }));
}
