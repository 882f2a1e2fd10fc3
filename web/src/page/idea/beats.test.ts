import { describe, expect, it } from "vitest";
import { BEAT, beats, synapseAt } from "./beats.js";

describe("the figure of the idea", () => {
  it("begins every beat with traces of nothing", () => {
    for (const k of beats.keys()) for (const { H } of synapseAt(k, 0)) expect(H).toBe(0);
  });

  it("changes nothing where a connection only has a weight", () => {
    for (const { H, alpha } of synapseAt(0, BEAT)) expect([H, alpha]).toEqual([0, 0]);
  });

  it("strengthens what is active together, weakens what is not, and where alpha is zero it does not count", () => {
    const [together, apart, mute] = synapseAt(2, BEAT);
    expect(together!.H).toBeGreaterThan(0.1);
    expect(apart!.H).toBeLessThan(-0.1);
    expect(mute!.alpha * mute!.H).toBe(0);
  });
});
