import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../test/support/runs.js";
import {
  type Architecture,
  architectureText,
  type ConvolveOperation,
  placesOf,
  writeSafetensors,
} from "../models/index.js";
import { loadModel } from "./load.js";

const side = (max: number) => fc.integer({ min: 1, max });
const shapes: fc.Arbitrary<ConvolveOperation["shape"]> = fc
  .record({
    height: side(7),
    width: side(7),
    channels: fc.constantFrom(1, 2, 5),
    kernelHeight: side(3),
    kernelWidth: side(3),
    stride: side(3),
    filters: fc.constantFrom(1, 3, 4, 6, 16, 21),
  })
  .filter(({ height, width, kernelHeight, kernelWidth }) => kernelHeight <= height && kernelWidth <= width);

const numbers = (count: number, of: number) =>
  Float32Array.from({ length: count }, (_, k) => Math.sin(k * 12.9898 + of * 78.233));

/** The definition, product by product, in float64. */
function expected(
  shape: ConvolveOperation["shape"],
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): number[] {
  const { width, channels, kernelHeight, kernelWidth, stride, filters } = shape;
  const { down, across } = placesOf(shape);
  return Array.from({ length: down * across * filters }, (_, k) => {
    const [filter, left, top] = [
      k % filters,
      Math.floor(k / filters) % across,
      Math.floor(k / filters / across),
    ];
    let sum: number = bias[filter]!;
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        for (let c = 0; c < channels; c++) {
          const from = ((top * stride + ky) * width + left * stride + kx) * channels + c;
          sum += x[from]! * weight[((ky * kernelWidth + kx) * channels + c) * filters + filter]!;
        }
      }
    }
    return sum;
  });
}

it("a convolution is what its definition says, for any shape", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const { height, width, channels, kernelHeight, kernelWidth, filters } = shape;
      const { down, across } = placesOf(shape);
      const fanIn = kernelHeight * kernelWidth * channels;
      const size = height * width * channels;
      const architecture: Architecture = {
        inputs: [{ name: "picture", size, tail: [] }],
        states: [],
        connections: [],
        programs: [
          {
            given: ["picture"],
            operations: [{ op: "convolve", from: "picture", weight: "w", bias: "b", to: "output", shape }],
            next: {},
            output: "output",
          },
        ],
        answers: down * across * filters,
      };
      const [x, weight, bias] = [numbers(size, 0), numbers(fanIn * filters, 1), numbers(filters, 2)];
      const file = writeSafetensors(
        { w: { shape: [fanIn, filters], data: weight }, b: { shape: [1, filters], data: bias } },
        { format: "hebbian model 1", architecture: architectureText(architecture) },
      );
      const life = (await loadModel(file)).begin({ batch: 2 });
      const answer = life.step(Float32Array.from([...x, ...x.map((value) => 2 * value)]));
      for (const [b, factor] of [1, 2].entries()) {
        const own = expected(
          shape,
          x.map((value) => factor * value),
          weight,
          bias,
        );
        own.forEach((value, k) => {
          expect(answer[b * own.length + k]).toBeCloseTo(value, 4);
        });
      }
    }),
    {
      numRuns: runs(60),
      // Its last vector ends two numbers behind the padding of its output, where the next life begins.
      examples: [
        [{ height: 5, width: 2, channels: 1, kernelHeight: 1, kernelWidth: 2, stride: 2, filters: 21 }],
      ],
    },
  );
});
