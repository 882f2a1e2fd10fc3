import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "hebbian/tasks";
import { beforeAll, describe, expect, it } from "vitest";
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
    const episodes = 100;
    const right = { plastic: 0, still: 0, pixels: 0 };
    for (let episode = 0; episode < episodes; episode++) {
      const five = random(1, "symbols", episode).choose(5, 300);
      const drawings = five.map((number) => naming.sample(episode % 4, number));
      naming.learn(drawings);
      drawings.forEach((drawing, symbol) => {
        const said = naming.name(naming.again(drawing, 7, 5 * episode + symbol))!;
        right.plastic += Number(largest(said.plastic) === symbol);
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

  it("gives probabilities, the same ones for the same drawings, and learns nothing from being asked", () => {
    const drawings = [0, 1, 2, 3, 4].map((number) => naming.sample(2, number));
    naming.learn(drawings);
    const question = naming.again(drawings[3]!, 2, 0);
    const first = naming.name(question)!;
    expect(first.plastic.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
    naming.name(drawings[0]!);
    const second = naming.name(question)!;
    naming.learn(drawings);
    for (const { plastic } of [second, naming.name(question)!]) expect(plastic).toEqual(first.plastic);
  });

  it("leaves empty sheets out, and says nothing of an empty question", () => {
    const drawings: Drawing[] = [[], naming.sample(2, 1), [], [], naming.sample(2, 4)];
    naming.learn(drawings);
    expect(naming.name([])).toBeNull();
    const said = naming.name(drawings[4]!)!;
    expect(largest(said.plastic)).toBe(4);
    expect(said.neighbour).toBe(4);
    naming.learn([[], [], [], [], []]);
    expect(naming.name(drawings[4]!)!.neighbour).toBe(-1);
  });
});
