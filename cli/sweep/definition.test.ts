import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { definitionOf, seedsOf } from "./definition.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-sweeps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (content: unknown) => {
  const path = join(folder, "grid.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

describe("a sweep", () => {
  it("tries every value with every other", () => {
    const flags = { over: ["network=plastic,rnn", "lr=1e-3,3e-4"], set: ["bits=10"], seeds: "2" };
    const { conditions, seeds, device } = definitionOf("patterns-small", flags);
    expect(conditions).toEqual([
      { bits: "10", network: "plastic", lr: "1e-3" },
      { bits: "10", network: "plastic", lr: "3e-4" },
      { bits: "10", network: "rnn", lr: "1e-3" },
      { bits: "10", network: "rnn", lr: "3e-4" },
    ]);
    expect([seeds, device]).toEqual([[0, 1], "auto"]);
  });

  it("can be said in a file, with conditions of its own; flags go before", () => {
    const path = file({
      experiment: "maze-9",
      set: { size: 5 },
      conditions: [{ network: "lstm", lr: 0.003 }, { network: "rnn" }],
      over: { gamma: [0.9, 0.8] },
      seeds: [3, 5],
      episodes: 100,
    });
    const { experiment, conditions, seeds, episodes } = definitionOf(path, { episodes: 7 });
    expect([experiment, seeds, episodes]).toEqual(["maze-9", [3, 5], 7]);
    expect(conditions).toHaveLength(4);
    expect(conditions[0]).toEqual({ size: 5, network: "lstm", lr: 0.003, gamma: 0.9 });
  });

  it("is refused with the cure where its file says what it does not know, or no JSON", () => {
    expect(() => definitionOf(file({ experiment: "maze", sead: 3 }), {})).toThrow(
      /unknown: sead; there are .*seeds/,
    );
    expect(() => definitionOf(file("{"), {})).toThrow(/grid\.json: /);
    expect(() => definitionOf(file({}), {})).toThrow(/experiment: expected a name/);
    expect(() => definitionOf("maze", { over: ["lr"] })).toThrow(/--over: expected key=value, got "lr"/);
    expect(() => definitionOf(join(folder, "none.json"), {})).toThrow(/cannot read .*none\.json/);
  });
});

describe("seeds", () => {
  it("are a number of them, a range or a list", () => {
    expect(seedsOf("3")).toEqual([0, 1, 2]);
    expect(seedsOf(2)).toEqual([0, 1]);
    expect(seedsOf("3..5")).toEqual([3, 4, 5]);
    expect(seedsOf("0,2,-9")).toEqual([0, 2, -9]);
    expect(seedsOf([7])).toEqual([7]);
  });

  it.each(["", "x", "0", "-1", "5..3", "1,1", "1,", "0..1e9", "1.5"])("are not %j", (text) => {
    expect(() => seedsOf(text)).toThrow(/seeds: expected how many \(5\), a range/);
  });
});
