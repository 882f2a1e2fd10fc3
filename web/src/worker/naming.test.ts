import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "hebbian/tasks";
import { beforeAll, describe, expect, it } from "vitest";
import { guessOf } from "../page/name-it/guess.js";
import { naming } from "./naming.js";
import type { Drawing } from "./strokes.js";

const file = join(import.meta.dirname, "../../../models/omniglot.safetensors");
const largest = (shares: Float32Array) => shares.indexOf(Math.max(...shares));

describe("the network that names", () => {
  let tested: { readonly accuracy: number };
  beforeAll(async () => {
    tested = await naming.load(readFileSync(file));
  });

  it("says how well it was tested", () => {
    expect(tested.accuracy).toBeGreaterThan(0.95);
    expect(naming.ways()).toBe(5);
  });

  it("names another hand's drawing of five invented symbols in more than 9 of 10 cases, better than pixels; without plasticity, by chance", () => {
    const episodes = 60;
    const right = { plastic: 0, still: 0, pixels: 0 };
    for (let episode = 0; episode < episodes; episode++) {
      const five = random(1, "symbols", episode).choose(5, 300);
      const drawings = five.map((number) => naming.sample(episode % 4, number));
      naming.learn(drawings);
      drawings.forEach((drawing, symbol) => {
        const said = naming.name(naming.again(drawing, 7, 5 * episode + symbol))!;
        right.plastic += Number(largest(said.shares) === symbol);
        right.still += Number(largest(said.still) === symbol);
        right.pixels += Number(said.neighbour === symbol);
      });
    }
    const asked = 5 * episodes;
    expect(right.plastic / asked).toBeGreaterThan(0.9);
    expect(right.plastic).toBeGreaterThan(right.pixels);
    expect(right.still / asked).toBeGreaterThan(0.12);
    expect(right.still / asked).toBeLessThan(0.3);
  });

  it("says that it does not know most symbols that it was never shown, and knows most of those that it was", () => {
    const episodes = 60;
    let [unknown, known] = [0, 0];
    for (let episode = 0; episode < episodes; episode++) {
      const numbers = random(2, "symbols", episode).choose(4, 300);
      const drawings = numbers.map((number) => naming.sample(episode % 4, number));
      naming.learn(drawings.slice(0, 3));
      const guess = (k: number) => guessOf(naming.name(naming.again(drawings[k]!, 3, 4 * episode + k))!);
      unknown += Number(guess(3).kind === "unknown");
      const said = guess(episode % 3);
      known += Number(said.kind !== "unknown" && said.symbol === episode % 3);
    }
    expect(unknown / episodes).toBeGreaterThan(0.75);
    expect(known / episodes).toBeGreaterThan(0.75);
  });

  it.each([
    ["a dot", [[[0.5, 0.5]]]],
    [
      "a dash",
      [
        [
          [0.45, 0.5],
          [0.55, 0.5],
        ],
      ],
    ],
  ] satisfies [string, Drawing][])("does not take %s for anything that it knows", (_, drawing) => {
    naming.learn([0, 1, 2].map((number) => naming.sample(2, number)));
    expect(guessOf(naming.name(drawing)!).kind).toBe("unknown");
  });

  it("gives probabilities of what it was shown, the same ones for the same drawings, and learns nothing from being asked", () => {
    const drawings = [0, 1, 2].map((number) => naming.sample(2, number));
    naming.learn(drawings);
    const question = naming.again(drawings[2]!, 2, 0);
    const first = naming.name(question)!;
    expect(first.shares).toHaveLength(3);
    expect(first.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
    naming.name(drawings[0]!);
    const second = naming.name(question)!;
    naming.learn(drawings);
    for (const { evidence } of [second, naming.name(question)!]) expect(evidence).toEqual(first.evidence);
  });

  it("goes on from a snapshot as if nothing had happened, and looks again where the snapshot is damaged", () => {
    const drawings = [4, 5, 6].map((number) => naming.sample(2, number));
    naming.learn(drawings);
    const question = naming.again(drawings[1]!, 2, 0);
    const before = naming.name(question)!;
    const snapshot = naming.snapshot();
    naming.learn([naming.sample(3, 9)]);
    expect(naming.resume(snapshot, drawings)).toBe(true);
    expect(naming.name(question)).toEqual(before);
    naming.learn([naming.sample(3, 9)]);
    expect(naming.resume(snapshot.slice(0, 200), drawings)).toBe(false);
    expect(naming.name(question)).toEqual(before);
  });

  it("says nothing of an empty sheet, and refuses to learn one", () => {
    naming.learn([]);
    expect(naming.name([])).toBeNull();
    expect(naming.name(naming.sample(2, 4))!.neighbour).toBe(-1);
    expect(() => naming.learn([naming.sample(2, 4), []])).toThrow("there is nothing on sheet 2");
  });
});
