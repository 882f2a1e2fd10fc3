import { afterAll, describe, expect, it } from "vitest";
import { fastProblem } from "../../bench/fastProblem.js";
import { random } from "../../src/tasks/index.js";
import { startEngine } from "../support/engine.js";
import { exactGradients, furthest, gradientsOn } from "../support/exactMemory.js";

const engine = await startEngine(2);
afterAll(() => engine.dispose());

describe.each(["fast-gated-delta", "fast-kda"] as const)("a 64 x 64 memory of kind %s", (kind) => {
  it.each([2_048, 16_384])("has the gradients of float64 over %i steps, whatever its segments", (steps) => {
    const problem = fastProblem(kind, { neurons: 64, heads: 1, steps }, { lr: 1 }, random(4, kind, 0));
    const exact = exactGradients(problem);
    const { gradients, copies } = gradientsOn(engine, problem, true);
    const other = gradientsOn(engine, problem, false);
    const errors = [furthest(gradients, exact), furthest(other.gradients, gradients)];
    console.log(
      `${kind}, ${steps} steps: errors ${errors.map((e) => e.toExponential(1))}; ${copies} copies, or ${other.copies}`,
    );
    for (const error of errors) expect(error).toBeLessThan(2e-5);
    expect(copies).toBeLessThanOrEqual(3 * Math.sqrt(steps));
  });
});
