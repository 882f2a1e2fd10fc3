import { describe, expect, it } from "vitest";
import { type Architecture, architectureText, writeSafetensors } from "../models/index.js";
import { defineRule } from "../rules/rule.js";
import type { StepInput } from "./given.js";
import { loadModel } from "./load.js";

/** A word's numbers, and a trace of which word follows which. */
const WORDS = 7;
const rule = defineRule({
  ...{ name: "fading", traces: { H: 0 }, weight: "H" },
  update: { H: "0.9 * H + pre * post" },
});
const architecture: Architecture = {
  inputs: [
    { name: "word", size: WORDS, tail: [] },
    { name: "gain", size: 1, tail: [] },
  ],
  states: [{ name: "before", size: 3, start: 0.5 }],
  connections: [{ name: "follows", rule, pre: 3, post: WORDS, parameters: {} }],
  programs: [["word"], ["word", "gain"]].map((given) => ({
    given,
    operations: [
      { op: "product", from: "word", weight: "table", to: "numbers" },
      { op: "update", connection: "follows", vectors: { pre: "before", post: "word" } },
      { op: "read", connection: "follows", from: "numbers", to: "next" },
    ],
    next: { before: "numbers" },
    output: "next",
  })),
  answers: WORDS,
};
const table = Float32Array.from({ length: WORDS * 3 }, (_, k) => Math.sin(3 * k + 1));
table[9] = -0;
const model = await loadModel(
  writeSafetensors(
    { table: { shape: [WORDS, 3], data: table } },
    { format: "hebbian model 1", architecture: architectureText(architecture) },
  ),
);
const oneHot = (...places: number[]) =>
  Float32Array.from({ length: WORDS * places.length }, (_, k) =>
    Number(places[Math.floor(k / WORDS)] === k % WORDS),
  );

describe("a word's place", () => {
  it("is the vector with a 1 at it, bit for bit, bare or by name", () => {
    const lives = [model.begin(), model.begin(), model.begin()] as const;
    for (const place of [0, 3, 6, 6, 1, 2]) {
      const inputs: StepInput[] = [place, { word: place }, oneHot(place)];
      const answers = lives.map((life, k) => life.step(inputs[k]!));
      expect(answers[0]).toEqual(answers[2]);
      expect(answers[1]).toEqual(answers[2]);
      expect(lives[0].value("word")).toEqual(oneHot(place));
    }
    expect(lives[0].snapshot()).toEqual(lives[2].snapshot());
    expect(lives[1].snapshot()).toEqual(lives[2].snapshot());
  });

  it("is one of each life, where several are side by side", () => {
    const [told, given] = [model.begin({ batch: 2 }), model.begin({ batch: 2 })];
    for (const places of [
      [0, 6],
      [5, 1],
    ]) {
      expect(told.step({ word: places })).toEqual(given.step(oneHot(...places)));
    }
    expect(told.snapshot()).toEqual(given.snapshot());
  });

  it.each<[string, number, StepInput, RegExp]>([
    ["as one number for two lives", 2, 3, /"word" must be \[2, 7\] = 14 numbers, got 1$/],
    ["in an array, for one life", 1, [3], /"word" must be 7 numbers, got 1$/],
    ["that there is not", 2, [3, 7], /"word" must be a whole number from 0 to 6, got 7$/],
    ["as text", 2, ["3", "2"] as never, /"word" must be a whole number from 0 to 6, got "3"$/],
    ["as a symbol", 2, [Symbol("3"), 2] as never, /"word" must be a whole number from 0 to 6, got /],
  ])("is refused %s", (_, batch, input, message) => {
    expect(() => model.begin({ batch }).step(input)).toThrow(RangeError);
    expect(() => model.begin({ batch }).step(input)).toThrow(message);
  });

  it("is read once", () => {
    let asked = 0;
    const places = new Proxy([3, 4], {
      get: (of, key) => {
        if (key === "0") asked++;
        return Reflect.get(of, key);
      },
    });
    model.begin({ batch: 2 }).step(places);
    expect(asked).toBe(1);
  });

  it("of an input of one number is that number, for several lives", () => {
    const life = model.begin({ batch: 2 });
    life.step({ word: [1, 2], gain: [0.25, -3] });
    expect([...life.value("gain", 0), ...life.value("gain", 1)]).toEqual([0.25, -3]);
  });
});

it("a sparse input has the sums that a full one has, whatever is left out: bits of 0, but not of -0", () => {
  const rng = (k: number) => Math.sin(17 * k + 3);
  for (const sparse of [[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0.5, 0, -2], [-0, 0, 0, 0, 0, 0, 1], oneHot(4)]) {
    const expected = Array.from({ length: 3 }, (_, col) => {
      let sum = Math.fround(0);
      for (let row = 0; row < WORDS; row++)
        sum = Math.fround(sum + Math.fround(Math.fround(sparse[row]!) * table[row * 3 + col]!));
      return sum;
    });
    const life = model.begin();
    life.step(Float32Array.from({ length: WORDS }, (_, k) => rng(k)));
    life.step(sparse);
    expect([...life.value("numbers")].map((each) => [each, Object.is(each, -0)])).toEqual(
      expected.map((each) => [each, Object.is(each, -0)]),
    );
  }
});
