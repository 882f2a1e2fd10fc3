import { describe, expect, it } from "vitest";
import { parseFormula } from "../formulas/index.js";
import { type Architecture, architectureText, writeSafetensors } from "../models/index.js";
import { defineRule } from "../rules/rule.js";
import { loadModel } from "./load.js";

/** Two inputs of two numbers; what comes in goes out, and the trace learns from it. */
const hebb = defineRule({ name: "hebb", traces: { H: 0 }, weight: "H", update: { H: "H + pre * post" } });
const architecture: Architecture = {
  inputs: [
    { name: "u", size: 2, tail: [] },
    { name: "v", size: 2, tail: [] },
  ],
  states: [{ name: "y", size: 2, start: 0 }],
  connections: [{ name: "r", rule: hebb, pre: 2, post: 2, parameters: {} }],
  programs: [["u"], ["u", "v"]].map((given) => ({
    given,
    operations: [
      { op: "read", connection: "r", from: "y", to: "z" },
      { op: "update", connection: "r", vectors: { pre: "y", post: "u" } },
    ],
    next: { y: "u" },
    output: "z",
  })),
  answers: 2,
};
const model = await loadModel(
  writeSafetensors({}, { format: "hebbian model 1", architecture: architectureText(architecture) }),
);

describe("step refuses, before anything has moved,", () => {
  it.each<[string, unknown, typeof TypeError | typeof RangeError, RegExp]>([
    [
      "nothing",
      undefined,
      TypeError,
      /^step: expected numbers, or numbers by the input's name, got undefined$/,
    ],
    ["null", null, TypeError, /got null$/],
    ["no place of the first input", 2, RangeError, /^step: "u" must be a whole number from 0 to 1, got 2$/],
    ["half a place", 0.5, RangeError, /got 0\.5$/],
    ["a place that is no number", Number.NaN, RangeError, /got NaN$/],
    ["text", "a".repeat(1e6), TypeError, /^.{0,200}$/],
    ["an input that is null", { u: null }, TypeError, /"u" must be an array of numbers, got null$/],
    ["an input that is text", { u: "1" }, TypeError, /"u" must be an array of numbers, got "1"$/],
    ["a place before the first", { u: -1 }, RangeError, /"u" must be a whole number from 0 to 1, got -1$/],
    ["an input that there is not", { w: [1, 2] }, TypeError, /there is no input "w"; the model has u, v$/],
    ["inputs that are not taken together", { v: [1, 2] }, TypeError, /takes u, or u and v, got v$/],
    ["too few numbers", [1], RangeError, /"u" must be 2 numbers, got 1$/],
    ["numbers as text", ["1", "2"], RangeError, /got "1" at 0$/],
    ["whole numbers without end", [1n, 2n], RangeError, /got 1 at 0$/],
    ["NaN", [0, Number.NaN], RangeError, /finite in float32 \(up to 3\.4e38\), got NaN at 1$/],
    ["a number that float32 has not", [1e39, 0], RangeError, /got 1e\+39 at 0$/],
    ["one that float32 rounds to Infinity", [0, 3.4028236e38], RangeError, /got 3\.4028236e\+38 at 1$/],
  ])("%s", (_, input, kind, message) => {
    const life = model.begin();
    life.step([0.5, -0.5]);
    const before = life.snapshot();
    expect(() => life.step(input as never)).toThrow(kind);
    expect(() => life.step(input as never)).toThrow(message);
    expect(life.snapshot()).toEqual(before);
  });

  it("but not the largest number of float32", () => {
    expect([...model.begin().step([3.4028234663852886e38, 0])]).toEqual([0, 0]);
  });
});

describe("a step is all or nothing:", () => {
  /** A model of one input, a state that it becomes, and a trace; and what it answers. */
  const modelOf = (update: string, formula = "u", next = "u", initial = 0) => {
    const rule = defineRule({ name: "r", traces: { H: initial }, weight: "H", update: { H: update } });
    return loadModel(
      writeSafetensors(
        {},
        {
          format: "hebbian model 1",
          architecture: architectureText({
            inputs: [{ name: "u", size: 2, tail: [] }],
            states: [{ name: "y", size: 2, start: 0 }],
            connections: [{ name: "r", rule, pre: 2, post: 2, parameters: {} }],
            programs: [
              {
                given: ["u"],
                operations: [
                  {
                    op: "map",
                    size: 2,
                    values: { u: "u", y: "y" },
                    parameters: {},
                    results: [
                      { to: "a", formula: parseFormula(formula), sum: false },
                      { to: "n", formula: parseFormula(next), sum: false },
                    ],
                  },
                  { op: "update", connection: "r", vectors: { pre: "y", post: "u" } },
                ],
                next: { y: "n" },
                output: "a",
              },
            ],
            answers: 2,
          }),
        },
      ),
    );
  };
  const large = [3e38, 1];

  it.each<[string, Parameters<typeof modelOf>, number[][], RegExp]>([
    [
      "a trace",
      ["H + pre * post"],
      [large, large],
      /^step: the trace\/r\/H of step 2 is not finite: .* the life has not moved/,
    ],
    [
      "a trace that grows by itself",
      ["H * 1e13 + pre * post"],
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      /the trace\/r\/H of step 5/,
    ],
    [
      "a trace that divides by zero",
      ["1 / (H - 1)", "u", "u", 2],
      [
        [1, 1],
        [1, 1],
      ],
      /the trace\/r\/H of step 2/,
    ],
    ["the answer", ["H", "u * u"], [[1, 1], large], /^step: the answer of step 2 is not finite/],
    [
      "an answer that is no number",
      ["H", "0 / u"],
      [
        [1, 1],
        [0, 1],
      ],
      /^step: the answer of step 2/,
    ],
    ["a state", ["H", "0", "y + u"], [large, large], /^step: the state "y" of step 2 is not finite/],
  ])(
    "where %s leaves what is finite, the life is where it was, bit for bit",
    async (_, args, inputs, message) => {
      const grown = await modelOf(...args);
      const [life, other] = [grown.begin(), grown.begin()];
      for (const input of inputs.slice(0, -1)) expect(life.step(input)).toEqual(other.step(input));
      const before = life.snapshot();
      for (const kind of [RangeError, message]) {
        expect(() => life.step(inputs.at(-1)!)).toThrow(kind);
        expect(life.snapshot()).toEqual(before);
      }
      for (const input of [
        [0.5, -0.25],
        [0.1, 0.2],
      ]) {
        const outcome = (each: typeof life) => {
          try {
            return [...each.step(input)];
          } catch (error) {
            return String(error);
          }
        };
        expect(outcome(life)).toEqual(outcome(other));
      }
      expect(life.snapshot()).toEqual(other.snapshot());
    },
  );

  it("for all lives that are side by side, where one of them would run away", async () => {
    const grown = await modelOf("H + pre * post");
    const life = grown.begin({ batch: 2 });
    life.step([1, 1, ...large]);
    const before = life.snapshot();
    expect(() => life.step([1, 1, ...large])).toThrow(/the trace\/r\/H of step 2/);
    expect(life.snapshot()).toEqual(before);
    life.step([1, 1, 0, 0]);
    expect(life.steps).toBe(2);
  });

  it("after a fork and a resumed snapshot too, frozen or fading", async () => {
    const grown = await modelOf("H + pre * post");
    const life = grown.begin({ halfLife: 3 });
    life.step(large);
    for (const each of [life, life.fork(), grown.resume(life.snapshot())]) {
      const before = each.snapshot();
      expect(() => each.step(large)).toThrow(/the trace/);
      expect(each.snapshot()).toEqual(before);
      each.freeze();
      expect([...each.step(large)]).toEqual([...Float32Array.from(large)]);
    }
  });
});

describe("begin, resume and diff refuse", () => {
  it.each<[string, unknown, RegExp]>([
    ["no options", null, /^begin: expected options, \{ batch, halfLife \}, got null$/],
    [
      "a slip of the pen",
      { halflife: 5 },
      /^begin: there is no option "halflife"; there are batch and halfLife$/,
    ],
    ["half a life", { batch: 1.5 }, /batch must be a whole number of lives from 1, got 1\.5$/],
    ["lives as text", { batch: "2" }, /got "2"$/],
    [
      "a halfLife of nothing",
      { halfLife: 0 },
      /halfLife must be a number of steps above 0, got 0; leave it out/,
    ],
    ["a halfLife of null", { halfLife: null }, /got null; leave it out/],
  ])("%s", (_, options, message) => {
    expect(() => model.begin(options as never)).toThrow(message);
  });

  it("what holds no bytes, and take what does", () => {
    const life = model.begin();
    life.step([1, 2]);
    const bytes = life.snapshot();
    for (const snapshot of [bytes, bytes.slice().buffer, Buffer.from(bytes)]) {
      expect(model.resume(snapshot).diff(life)[0]!.differing).toBe(0);
    }
    expect(() => model.resume(undefined as never)).toThrow(
      /^resume: expected the bytes of a snapshot, got undefined$/,
    );
    const large = new Uint8Array(5_000_008).fill(0x20);
    large.set([...new Uint8Array(new BigUint64Array([5_000_000n]).buffer), 0x7b]);
    expect(() => model.resume(large)).toThrow(
      /the header claims 5000000 bytes, a model's has at most 4000000/,
    );
    expect(() => model.resume("text" as never)).toThrow(/got "text"$/);
    expect(() => life.diff(undefined as never)).toThrow(/^diff: the other life must be of the same model/);
  });
});

it("a life that is over throws from everything, and says so", () => {
  const [life, other] = [model.begin(), model.begin()];
  life.end();
  for (const act of [
    () => life.step([1, 2]),
    () => life.reset(),
    () => life.freeze(),
    () => life.thaw(),
    () => life.fork(),
    () => life.snapshot(),
    () => life.diff(other),
    () => other.diff(life),
    () => life.trace(),
    () => life.effective(),
    () => life.synapse("r", 0, 0),
    () => life.value("u"),
  ]) {
    expect(act).toThrow(/: this life is over, end\(\) was called; begin or resume another$/);
  }
  life.end();
});

it("a rule's parameters may have any name, also those of what a sweep writes", async () => {
  const rule = defineRule({
    name: "product",
    traces: {},
    params: { to: { per: "post", init: 1 }, weights: { per: "post", init: 1 } },
    weight: "to * weights",
    update: {},
  });
  const parameters = { to: "to", weights: "weights" };
  const text = architectureText({
    inputs: [{ name: "u", size: 2, tail: [] }],
    states: [],
    connections: [{ name: "r", rule, pre: 2, post: 2, parameters }],
    programs: [
      {
        given: ["u"],
        operations: [{ op: "read", connection: "r", from: "u", to: "z" }],
        next: {},
        output: "z",
      },
    ],
    answers: 2,
  });
  const row = (...numbers: number[]) => ({ shape: [1, 2], data: Float32Array.of(...numbers) });
  const file = writeSafetensors(
    { to: row(2, 3), weights: row(5, 7) },
    { format: "hebbian model 1", architecture: text },
  );
  const life = (await loadModel(file)).begin();
  expect([...life.step([1, 1])]).toEqual([20, 42]);
  expect([...life.effective("r").values]).toEqual([10, 21, 10, 21]);
});
