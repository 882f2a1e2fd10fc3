import { afterAll, describe, expect, it } from "vitest";
import { fastProblem } from "../bench/fastProblem.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { random } from "../src/tasks/index.js";
import { startEngine } from "./support/engine.js";
import { exactGradients, furthest, gradientsOn } from "./support/exactMemory.js";

const engine = await startEngine(1);
afterAll(() => engine.dispose());

// 64 x 64 for 16,384 steps: test/learning/longMemory.test.ts.
describe.each(["fast-gated-delta", "fast-kda"] as const)("a memory of kind %s", (kind) => {
  it("has the gradients that are differentiated on paper", () => {
    const problem = fastProblem(kind, { neurons: 6, heads: 1, steps: 90 }, { lr: 1 }, random(2, kind, 0));
    const exact = exactGradients(problem);
    expect(furthest(gradientsOn(new ReferenceDevice(), problem, true).gradients, exact)).toBeLessThan(1e-11);
  });

  it("has them over many segments too, of which it holds a few copies", () => {
    const steps = 700;
    const problem = fastProblem(kind, { neurons: 24, heads: 1, steps }, { lr: 1 }, random(3, kind, 0));
    const exact = exactGradients(problem);
    const { gradients, copies } = gradientsOn(engine, problem, true);
    expect(furthest(gradients, exact)).toBeLessThan(2e-5);
    expect(copies).toBeGreaterThan(2);
    expect(copies).toBeLessThanOrEqual(3 * Math.sqrt(steps));
    const other = gradientsOn(engine, problem, false);
    expect(other.copies).toBeGreaterThan(copies);
    expect(furthest(other.gradients, gradients)).toBeLessThan(2e-5);
  });
});
