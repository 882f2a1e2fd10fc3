import { describe, expect, it } from "vitest";
import type { Claim } from "./figure.js";
import { type Evidence, judge, overall } from "./judge.js";

const interval = (low: number, interquartileMean: number, high: number) => ({ low, interquartileMean, high });
const evidence = (of: ReturnType<typeof interval> | { interquartileMean: number } | null): Evidence => ({
  estimate: () => of,
  difference: () => of && { ...of, seeds: 5 },
});
const lower = { better: "lower" } as const;
const higher = { better: "higher" } as const;

describe("that one condition is better than another", () => {
  const claim: Claim = { kind: "better", words: "a is better than b", than: ["a", "b"] };
  const verdict = (metric: typeof lower | typeof higher, of: Parameters<typeof evidence>[0]) =>
    judge(claim, metric, evidence(of)).verdict;

  it("is reproduced, weaker or contradicted by where the interval of their difference lies", () => {
    expect(verdict(higher, interval(0.1, 0.2, 0.3))).toBe("reproduced");
    expect(verdict(higher, interval(-0.1, 0.2, 0.3))).toBe("weaker");
    expect(verdict(higher, interval(-0.3, -0.2, 0.1))).toBe("weaker");
    expect(verdict(higher, interval(-0.3, -0.2, -0.1))).toBe("contradicted");
    expect(verdict(lower, interval(0.1, 0.2, 0.3))).toBe("contradicted");
    expect(verdict(lower, interval(-0.3, -0.2, -0.1))).toBe("reproduced");
  });

  it("is weaker where there are two seeds, however far apart", () => {
    const two = { ...evidence(null), difference: () => ({ ...interval(0.1, 0.2, 0.3), seeds: 2 }) };
    expect(judge(claim, higher, two).verdict).toBe("weaker");
    expect(judge(claim, lower, two).verdict).toBe("weaker");
  });

  it("is weaker at best where there is one seed, and not run without any", () => {
    expect(verdict(higher, { interquartileMean: 5 })).toBe("weaker");
    expect(verdict(higher, { interquartileMean: -5 })).toBe("weaker");
    expect(verdict(higher, null)).toBe("not run");
  });
});

describe("that a condition reaches a level", () => {
  const claim: Claim = { kind: "reaches", words: "a is under 1 %", condition: "a", level: 0.01 };
  it("is reproduced by the whole interval, and else weaker: longer training may reach it", () => {
    expect(judge(claim, lower, evidence(interval(0.002, 0.003, 0.009))).verdict).toBe("reproduced");
    expect(judge(claim, lower, evidence(interval(0.002, 0.003, 0.02))).verdict).toBe("weaker");
    expect(judge(claim, lower, evidence(interval(0.2, 0.3, 0.4))).verdict).toBe("weaker");
    expect(judge(claim, lower, evidence({ interquartileMean: 0.001 })).verdict).toBe("weaker");
  });
});

describe("that a condition fails", () => {
  const claim: Claim = { kind: "fails", words: "a stays below 0.1", condition: "a", level: 0.1 };
  it("is reproduced where all of the interval is worse, contradicted where all is better", () => {
    expect(judge(claim, higher, evidence(interval(-0.01, 0, 0.01))).verdict).toBe("reproduced");
    expect(judge(claim, higher, evidence(interval(0.2, 0.3, 0.4))).verdict).toBe("contradicted");
    expect(judge(claim, higher, evidence(interval(0.05, 0.08, 0.4))).verdict).toBe("weaker");
  });
});

it("a figure is as good as the worst of the claims that were run", () => {
  const of = (...verdicts: ("reproduced" | "weaker" | "contradicted" | "not run")[]) =>
    overall(verdicts.map((verdict) => ({ verdict, because: "", claim: {} as Claim })));
  expect(of("reproduced", "reproduced")).toBe("reproduced");
  expect(of("reproduced", "not run")).toBe("reproduced");
  expect(of("reproduced", "weaker")).toBe("weaker");
  expect(of("contradicted", "weaker")).toBe("contradicted");
  expect(of("not run", "not run")).toBe("not run");
  expect(of()).toBe("not run");
});
