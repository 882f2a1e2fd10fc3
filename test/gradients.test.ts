import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type ConvolutionShape, convolutionSizes } from "../src/devices/convolution.js";
import type { Device } from "../src/devices/device.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import {
  convolution,
  defineMap,
  map,
  matmul,
  softmax,
  sum,
  type Tape,
  type Tensor,
  tanh,
} from "../src/tape/index.js";
import { convolutionShapes } from "./convolutionShapes.js";
import { gradientErrors } from "./finiteDifferences.js";
import { type Graph, leaf, randomLoss } from "./graph.js";
import { moves, plasticEpisode, seeds } from "./plasticEpisode.js";
import { ratesOf, testedRules } from "./rules.js";
import { startEngine } from "./support/engine.js";
import { runs } from "./support/runs.js";

const device = new ReferenceDevice();
/** Whose gradients are in question: the reference device's, or, in the vitest project "native", the engine's. */
const engine: Device = process.env.HEBBIAN_ENGINE === undefined ? device : await startEngine(2);
afterAll(() => engine.dispose());
/** Of float64, or of float32 over some dozen steps. */
const limit = engine === device ? 1e-6 : 1e-4;
/** Finite differences across a kink (a clip's bound) are wrong; a fixed seed keeps clear of that bad luck. */
const fixed = { seed: 1, numRuns: runs(40) };
const size = fc.integer({ min: 1, max: 4 });

function expectGradients(graph: Graph): void {
  for (const [key, error] of Object.entries(gradientErrors(engine, graph, device))) {
    expect(error, `gradient of ${key}`).toBeLessThan(limit);
  }
}

/** A graph with one output. */
function graphOf(
  seed: number,
  leaves: Graph["leaves"],
  op: (tape: Tape, leaves: Record<string, Tensor>) => Tensor,
): Graph {
  return {
    batch: 1,
    leaves,
    build(tape, tensors) {
      const outputs = { y: op(tape, tensors) };
      return { loss: randomLoss(tape, seed, outputs), outputs };
    },
  };
}

test("finite differences notice an adjoint that is lost", () => {
  const lossy = Object.assign(new ReferenceDevice(), { outerSum: () => {} });
  const leaves = { x: leaf(1, "x", "input", 2, 3), w: leaf(1, "w", "parameter", 3, 2) };
  const graph = graphOf(1, leaves, (tape, { x, w }) => matmul(tape, x!, w!));
  expect(gradientErrors(lossy, graph).w).toBeGreaterThan(0.5);
  expect(gradientErrors(device, graph).w).toBeLessThan(1e-6);
});

describe("the gradient on the tape is that of finite differences", () => {
  test("for matmul with a parameter that is used twice", () => {
    fc.assert(
      fc.property(seeds, size, size, (seed, rows, n) => {
        const leaves = { x: leaf(seed, "x", "input", rows, n), w: leaf(seed, "w", "parameter", n, n) };
        expectGradients(graphOf(seed, leaves, (tape, { x, w }) => matmul(tape, matmul(tape, x!, w!), w!)));
      }),
      fixed,
    );
  });

  test("for matmul with a computed matrix", () => {
    fc.assert(
      fc.property(seeds, size, size, size, (seed, rows, inner, cols) => {
        const leaves = { x: leaf(seed, "x", "input", rows, inner), w: leaf(seed, "w", "input", inner, cols) };
        const squash = defineMap(["w"], { y: "tanh(w)" });
        expectGradients(
          graphOf(seed, leaves, (tape, { x, w }) => matmul(tape, x!, map(tape, squash, [w!])[0]!)),
        );
      }),
      fixed,
    );
  });

  test.each([
    "a * b + a / (2 + b * b)",
    "-a - b",
    "min(a, b) * max(a, 2 * b)",
    "abs(a) * sign(b) + abs(b)",
    "sqrt(2 + a) * log(3 + b) * exp(a * b)",
    "tanh(a) * sigmoid(a - b)",
    "clip(2 * a, -1, b + 1) * b",
    "where(less(a, b), a * b, within(a, -0.5, 0.5) * b)",
  ])("for the map %s, however its inputs are broadcast", (formula) => {
    const extent = fc.constantFrom("all", "row", "column", "one");
    fc.assert(
      fc.property(seeds, size, size, extent, extent, (seed, rows, cols, a, b) => {
        const shaped = (name: string, kind: string) =>
          leaf(seed, name, "input", ...shapeOf(kind, rows, cols));
        const f = defineMap(["a", "b"], { y: formula });
        const leaves = { a: shaped("a", a), b: shaped("b", b) };
        expectGradients(graphOf(seed, leaves, (tape, { a, b }) => map(tape, f, [a!, b!])[0]!));
      }),
      fixed,
    );
  });

  test("for a map with two outputs, and one tensor as both its inputs", () => {
    const polar = defineMap(["a", "b"], { x: "a * tanh(b)", y: "sigmoid(a) - b" });
    const leaves = { a: leaf(5, "a", "input", 2, 3), b: leaf(5, "b", "parameter", 1, 3) };
    expectGradients(
      graphOf(5, leaves, (tape, { a, b }) => {
        const [x, y] = map(tape, polar, [a!, b!]) as [Tensor, Tensor];
        return map(tape, polar, [x, map(tape, polar, [y, y])[1]!])[0]!;
      }),
    );
  });

  test("for a sum", () => {
    const square = defineMap(["x"], { y: "x * x" });
    const leaves = { x: leaf(6, "x", "input", 3, 4) };
    expectGradients(
      graphOf(6, leaves, (tape, { x }) => map(tape, square, [sum(tape, map(tape, square, [x!])[0]!)])[0]!),
    );
  });

  test("for a convolution with a convolution behind it", () => {
    const { constantFrom, integer } = fc;
    const shapes = convolutionShapes(constantFrom(1, 2, 3), constantFrom(1, 2, 5), 3);
    fc.assert(
      fc.property(seeds, shapes, integer({ min: 1, max: 2 }), (seed, shape, images) => {
        const { outHeight, outWidth, fanIn } = convolutionSizes(shape);
        const behind: ConvolutionShape = {
          ...{ height: outHeight, width: outWidth, channels: shape.filters },
          ...{ kernelHeight: outHeight, kernelWidth: outWidth, stride: 1, filters: 2 },
        };
        const leaves = {
          x: leaf(seed, "x", "input", images * shape.height, shape.width * shape.channels),
          weight: leaf(seed, "weight", "parameter", fanIn, shape.filters),
          bias: leaf(seed, "bias", "parameter", 1, shape.filters),
          weight2: leaf(seed, "weight2", "parameter", convolutionSizes(behind).fanIn, 2),
          bias2: leaf(seed, "bias2", "parameter", 1, 2),
        };
        expectGradients(
          graphOf(seed, leaves, (tape, { x, weight, bias, weight2, bias2 }) => {
            const features = convolution(tape, shape, { x: x!, weight: weight!, bias: bias! });
            const y = tanh(tape, features);
            return convolution(tape, behind, { x: y, weight: weight2!, bias: bias2! });
          }),
        );
      }),
      fixed,
    );
  });

  test("for a softmax of every row", () => {
    fc.assert(
      fc.property(seeds, size, size, (seed, rows, cols) => {
        const leaves = {
          x: leaf(seed, "x", "input", rows, cols),
          w: leaf(seed, "w", "parameter", cols, cols),
        };
        expectGradients(graphOf(seed, leaves, (tape, { x, w }) => softmax(tape, matmul(tape, x!, w!))));
      }),
      fixed,
    );
  });

  test("for rows of a tensor that overlap", () => {
    const product = defineMap(["a", "b"], { y: "a * b" });
    const leaves = { x: leaf(7, "x", "input", 4, 3), w: leaf(7, "w", "parameter", 3, 3) };
    expectGradients(
      graphOf(7, leaves, (tape, { x, w }) => {
        const whole = matmul(tape, x!, w!);
        return map(tape, product, [tape.rows(whole, 0, 3), tape.rows(whole, 1, 3)])[0]!;
      }),
    );
  });

  test.each(testedRules.map((rule) => [rule.name, rule] as const))(
    "for a whole episode of %s, its parameters shared at any rate",
    (_, base) => {
      fc.assert(
        fc.property(
          ratesOf(base),
          fc.record({
            batch: fc.integer({ min: 1, max: 2 }),
            pre: fc.integer({ min: 1, max: 3 }),
            post: fc.integer({ min: 1, max: 3 }),
            moves: moves(6),
            announced: fc.boolean(),
            seed: seeds,
          }),
          (rule, options) => expectGradients(plasticEpisode({ rule, ...options })),
        ),
        { seed: 1, numRuns: runs(12) },
      );
    },
  );
});

function shapeOf(extent: string, rows: number, cols: number): [number, number] {
  return [
    extent === "all" || extent === "column" ? rows : 1,
    extent === "all" || extent === "row" ? cols : 1,
  ];
}
