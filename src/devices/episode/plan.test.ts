import { expect, it } from "vitest";
import { clippedHebb, decayingHebb, kimiDelta, nonplastic } from "../../rules/index.js";
import { activityBytes, decayOf, estimateTraining, type PlanOptions, planTraces } from "./plan.js";

const MB = 1024 * 1024;
const base: PlanOptions = {
  ...{ rule: clippedHebb, batch: 10, pre: 100, post: 100, steps: 200 },
  ...{ differentiable: true, decay: null, room: 4096 * MB, lanes: 4 },
};

it("keeps the newest version alone where nothing goes back, or there is nothing to keep", () => {
  expect(planTraces({ ...base, differentiable: false })).toMatchObject({
    ...{ mode: "forget", bytes: 10 * 100 * 100 * 4 },
  });
  expect(planTraces({ ...base, rule: nonplastic })).toMatchObject({ mode: "forget", bytes: 0 });
});

it("keeps all versions where they fit a cache", () => {
  expect(planTraces({ ...base, batch: 1, pre: 10, post: 10 })).toMatchObject({
    ...{ mode: "recompute", segment: 1 },
  });
});

it("walks a decaying trace backwards as far as a rounding error may grow", () => {
  const invert = (decay: number) => planTraces({ ...base, rule: decayingHebb, decay });
  expect(invert(0.99)).toMatchObject({ mode: "invert", segment: 32 });
  expect(invert(0.9)).toMatchObject({ mode: "invert", segment: 13 });
  expect(invert(1)).toMatchObject({ mode: "invert", segment: 32 });
  // 0.7^-4 is more than 4.
  expect(invert(0.7).mode).toBe("recompute");
  expect(invert(0).mode).toBe("recompute");
});

it("takes longer segments where memory is short", () => {
  const roomy = planTraces(base);
  const tight = planTraces({ ...base, room: roomy.bytes - 1 });
  expect(tight.mode).toBe("recompute");
  expect(tight.bytes).toBeLessThan(roomy.bytes);
  expect(tight.segment).toBeGreaterThan(roomy.segment);
});

it.each([100, 200, 1_000, 16_384, 100_000])(
  "holds at most three times the square root of %i steps in copies, whatever the room",
  (steps) => {
    for (const size of [100, 1000])
      for (const rule of [clippedHebb, kimiDelta, decayingHebb]) {
        const decay = rule === decayingHebb ? 0.99 : null;
        const sizes = { pre: size, post: size, batch: 1 };
        const { bytes } = planTraces({
          ...base,
          ...sizes,
          rule,
          decay,
          steps,
          room: Number.POSITIVE_INFINITY,
        });
        expect(bytes / (size * size * 4)).toBeLessThanOrEqual(3 * Math.sqrt(steps));
      }
  },
);

it("counts rows padded to the target's vectors", () => {
  const bytes = (lanes: number) => planTraces({ ...base, post: 97, differentiable: false, lanes }).bytes;
  expect(bytes(4)).toBe(10 * 100 * 100 * 4);
  expect(bytes(16)).toBe(10 * 100 * 112 * 4);
});

it("knows the decay of a linear rule from its constants, and that others have none", () => {
  expect(decayOf(decayingHebb, () => 0.1)).toBeCloseTo(0.9);
  expect(decayOf(clippedHebb, () => 0.1)).toBeNull();
});

it("estimates parameters, moments, activity and traces", () => {
  const need = { rule: clippedHebb, batch: 10, pre: 100, post: 100, steps: 200, lanes: 4 };
  const parameters = (2 * 100 * 100 + 4) * 4;
  const others = 4 * parameters + activityBytes(need);
  const traces = planTraces({ ...base, room: base.room - others }).bytes;
  expect(estimateTraining(need, null, base.room)).toBe(others + traces);
});
