import fc from "fast-check";
import { expect, test } from "vitest";
import { shareInterval } from "./shareInterval.js";

test("the interval of 8 in 10 is that of the textbook", () => {
  const { low, high } = shareInterval(0.8, 10);
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
});

test("it contains the share, stays within 0 and 1, and narrows with the trials", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 1e6 }),
      (share, count) => {
        const { low, high } = shareInterval(share, count);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(share + 1e-12);
        expect(high).toBeGreaterThanOrEqual(share - 1e-12);
        const more = shareInterval(share, 4 * count);
        expect(more.high - more.low).toBeLessThan(high - low);
      },
    ),
  );
});

test("what is no share is refused", () => {
  expect(() => shareInterval(1.1, 10)).toThrow(
    "expected a share between 0 and 1 of at least one trial, got 1.1 of 10",
  );
  expect(() => shareInterval(0.5, 0)).toThrow(RangeError);
});
