import { describe, expect, it } from "vitest";
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
    ["a number", 1, TypeError, /got 1$/],
    ["text", "a".repeat(1e6), TypeError, /^.{0,200}$/],
    ["an input that is null", { u: null }, TypeError, /"u" must be an array of numbers, got null$/],
    ["an input that is a number", { u: 2 }, TypeError, /"u" must be an array of numbers, got 2$/],
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
