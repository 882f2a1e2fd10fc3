import { describe, expect, it } from "vitest";
import { evaluate } from "../../formulas/index.js";
import type { Rule } from "../../rules/index.js";
import { textNetworks } from "./cells.js";

describe("a trace that fades", () => {
  it.each(["plastic", "modulated", "retroactive"] as const)(
    "stays within its bounds, whatever its rates have been learned to be: %s",
    (network) => {
      const rule: Rule = textNetworks[network].rules.fading;
      for (const fade of [-1e6, -2, 0, 2, 1e6]) {
        for (const eta of [-1e6, -0.1, 0.5, 1.1, 1e6]) {
          let traces: Record<string, number> = Object.fromEntries(rule.traces.map((name) => [name, 0]));
          for (let step = 0; step < 200; step++) {
            const at = { ...traces, fade, eta, m: 0.9, fanOut: 1.3, pre: step % 3 ? 1 : -1, post: 1 };
            traces = Object.fromEntries(rule.traces.map((name) => [name, evaluate(rule.update[name]!, at)]));
            for (const value of Object.values(traces)) expect(Math.abs(value)).toBeLessThanOrEqual(1);
          }
        }
      }
    },
  );
});
