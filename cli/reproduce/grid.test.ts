import { describe, expect, it } from "vitest";
import { chosenRate, type Outcome } from "./grid.js";

const tried = (...outcomes: Outcome[]) => outcomes.map((outcome, k) => ({ rate: 10 ** (k - 4), outcome }));
const [lower, higher] = [{ better: "lower" }, { better: "higher" }] as const;

describe("a grid of learning rates", () => {
  it("gives a network the rate of its best score, lower or higher as the metric has it", () => {
    expect(chosenRate(tried(0.3, 0.1, 0.2), lower)).toEqual({ rate: 1e-3, edge: null });
    expect(chosenRate(tried(0.1, 0.3, 0.2), higher)).toEqual({ rate: 1e-3, edge: null });
  });

  it("says nothing before its last run is over", () => {
    expect(chosenRate(tried(0.3, null, 0.2), lower)).toBeNull();
  });

  it("takes a rate at which training diverges for the worst, and says nothing where all do", () => {
    expect(chosenRate(tried(0.1, 0.3, "diverged"), higher)).toMatchObject({ rate: 1e-3 });
    expect(chosenRate(tried("diverged", "diverged"), higher)).toBeNull();
  });

  it("says where the best rate is the lowest or the highest that was tried", () => {
    expect(chosenRate(tried(1, 2, 3), lower)!.edge).toBe("lowest");
    expect(chosenRate(tried(1, 2, 3), higher)!.edge).toBe("highest");
  });

  it("takes the lowest of rates that are equally good", () => {
    expect(chosenRate(tried(0.5, 1, 1, 1), higher)).toEqual({ rate: 1e-3, edge: null });
  });
});
