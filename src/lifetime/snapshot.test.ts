import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  type Architecture,
  architectureText,
  ModelError,
  readSafetensors,
  writeSafetensors,
} from "../models/index.js";
import { decayingHebb } from "../rules/decayingHebb.js";
import { loadModel } from "./load.js";

const SIZE = 20;

/** A plastic network whose working vectors are far larger than what it remembers. */
function fileOf(weights: number, state = "y", wide = 5000): Uint8Array {
  const architecture: Architecture = {
    inputs: [
      { name: "u", size: SIZE, tail: [] },
      { name: "unused", size: wide, tail: [1] },
    ],
    states: [{ name: state, size: SIZE, start: 0.5 }],
    connections: [
      {
        name: "r",
        rule: decayingHebb,
        pre: SIZE,
        post: SIZE,
        parameters: { w: "r.w", alpha: "r.alpha", eta: "r.eta" },
      },
    ],
    programs: [["u"], ["u", "unused"]].map((given) => ({
      given,
      operations: [
        { op: "read", connection: "r", from: "u", to: "z" },
        { op: "update", connection: "r", vectors: { pre: state, post: "z" } },
      ],
      next: { [state]: "z" },
      output: "z",
    })),
    answers: SIZE,
  };
  const matrix = (rows: number, cols: number, of: number) => ({
    shape: [rows, cols],
    data: Float32Array.from({ length: rows * cols }, (_, k) => Math.sin(k * 12.9898 + of) / 8),
  });
  return writeSafetensors(
    { "r.w": matrix(SIZE, SIZE, weights), "r.alpha": matrix(SIZE, SIZE, 2), "r.eta": matrix(1, 1, 3) },
    { format: "hebbian model 1", architecture: architectureText(architecture) },
  );
}

const model = await loadModel(fileOf(1));
const inputAt = (t: number) => Float32Array.from({ length: SIZE }, (_, k) => Math.cos(t * 7.1 + k * 3.3));
const lived = (of = model, steps = 9) => {
  const life = of.begin();
  for (let t = 0; t < steps; t++) life.step(inputAt(t));
  return life;
};

describe("a snapshot", () => {
  it("holds states and traces, and nothing else", () => {
    const bytes = lived().snapshot();
    const { tensors, metadata } = readSafetensors(bytes);
    expect([...tensors.keys()].sort()).toEqual(["state/y", "trace/r/H"]);
    expect(bytes.length).toBeLessThan(4 * (SIZE * SIZE + SIZE) + 600);
    expect(metadata).toMatchObject({
      format: "hebbian life 3",
      model: model.fingerprint,
      steps: "9",
      batch: "1",
    });
  });

  it("of version 2, which held the step's vectors too, is gone on from with the same bits", () => {
    const life = lived();
    const { tensors, metadata } = readSafetensors(life.snapshot());
    const vectors = { "vector/u": { shape: [1, SIZE], data: inputAt(8) } };
    const old = writeSafetensors(
      { ...Object.fromEntries(tensors), ...vectors },
      { ...metadata, format: "hebbian life 2" },
    );
    expect(model.resume(old).step(inputAt(9))).toEqual(life.step(inputAt(9)));
  });

  it("of a later version is refused as such", () => {
    const { tensors, metadata } = readSafetensors(lived().snapshot());
    const later = writeSafetensors(Object.fromEntries(tensors), { ...metadata, format: "hebbian life 4" });
    expect(() => model.resume(later)).toThrow(
      expect.objectContaining({
        name: "ModelError",
        code: "other-format",
        message: expect.stringContaining("a later version of hebbian wrote it"),
      }),
    );
  });

  it("in float16 takes half the bytes, and is gone on from with nearly the same answers", () => {
    const life = model.begin({ batch: 40 });
    const input = (t: number) =>
      Float32Array.from({ length: 40 * SIZE }, (_, k) => Math.cos(t * 7.1 + k * 3.3));
    for (let t = 0; t < 9; t++) life.step(input(t));
    const [whole, half] = [life.snapshot(), life.snapshot({ precision: "float16" })];
    expect(half.length).toBeLessThan(whole.length * 0.51);
    const again = model.resume(half);
    expect(again).toMatchObject({ steps: 9, batch: 40 });
    const [got, expected] = [again.step(input(9)), life.step(input(9))];
    expect(got).not.toEqual(expected);
    for (const [k, value] of got.entries()) expect(value).toBeCloseTo(expected[k]!, 2);
  });

  it("in float16 is refused where a number is too large for it, and in another precision always", () => {
    const life = model.begin();
    for (let t = 0; t < 3; t++) life.step(inputAt(t).map((value) => value * 1e5));
    expect(() => life.snapshot({ precision: "float16" })).toThrow(/has numbers beyond 65504.*; use float32$/);
    expect(() => life.snapshot({ precision: "int8" as never })).toThrow(
      /^snapshot: precision must be "float32" or "float16", got "int8"$/,
    );
    expect(() => life.snapshot({ float16: true } as never)).toThrow(
      /^snapshot: there is no option "float16"; there is precision$/,
    );
  });

  it.each<[string, (bytes: Uint8Array) => ArrayBufferView | ArrayBufferLike]>([
    ["an ArrayBuffer", (bytes) => bytes.slice().buffer],
    [
      "an array of another realm",
      (bytes) => {
        const there = runInNewContext("(n) => new Uint8Array(n)")(bytes.length) as Uint8Array;
        there.set(bytes);
        return there;
      },
    ],
    [
      "shared memory",
      (bytes) => {
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
        shared.set(bytes);
        return shared;
      },
    ],
    [
      "the middle of other bytes",
      (bytes) => Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).subarray(3, 3 + bytes.length),
    ],
  ])("is taken from %s", (_, made) => {
    const life = lived();
    expect(model.resume(made(life.snapshot())).step(inputAt(9))).toEqual(life.step(inputAt(9)));
  });
});

describe("a snapshot of another model", () => {
  it("is refused, and taken with { adopt: true } where states and traces are the same", async () => {
    const other = await loadModel(fileOf(99));
    expect(other.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(other.fingerprint).not.toBe(model.fingerprint);
    const life = lived(other);
    const bytes = life.snapshot();
    expect(() => model.resume(bytes)).toThrow(
      expect.objectContaining({
        code: "other-model",
        message: expect.stringMatching(/taken with another model .* or with \{ adopt: true \}/),
      }),
    );
    const adopted = model.resume(bytes, { adopt: true });
    expect(adopted.steps).toBe(9);
    expect(adopted.trace()).toEqual(life.trace());
    expect(adopted.step(inputAt(9))).not.toEqual(life.step(inputAt(9)));
  });

  it.each([
    ["whose states have other names", () => fileOf(1, "x")],
    ["that this one has not", () => fileOf(1, "vectors")],
  ])("%s is refused all the same", async (_, file) => {
    const other = await loadModel(file());
    for (const [to, bytes] of [
      [model, lived(other).snapshot()],
      [other, lived().snapshot()],
    ] as const) {
      const adopting = () => to.resume(bytes, { adopt: true });
      expect(adopting).toThrow(ModelError);
      expect(adopting).toThrow(expect.objectContaining({ code: "other-model" }));
    }
  });

  it("an option that there is not is refused", () => {
    const bytes = lived().snapshot();
    expect(() => model.resume(bytes, { adapt: true } as never)).toThrow(
      /^resume: there is no option "adapt"; there is adopt$/,
    );
    expect(() => model.resume(bytes, null as never)).toThrow(
      /^resume: expected options, \{ adopt \}, got null$/,
    );
  });
});

describe("what a step leaves to be looked at", () => {
  it("is each life's own, also while others take their steps", () => {
    const [a, b] = [model.begin(), model.begin()];
    a.step(inputAt(0));
    b.step(inputAt(1));
    expect([...a.value("u")]).toEqual([...inputAt(0)]);
    expect([...b.value("u")]).toEqual([...inputAt(1)]);
    const copy = a.fork();
    a.step(inputAt(2));
    expect([...copy.value("u")]).toEqual([...inputAt(0)]);
    expect([...a.value("u")]).toEqual([...inputAt(2)]);
  });

  it("is zeros before the first step, and what a step did not compute is zeros too, whatever another life did", () => {
    const life = model.begin();
    life.step({ u: inputAt(0), unused: new Float32Array(5000).fill(3) });
    expect(life.value("unused")[4999]).toBe(3);
    expect(life.value("unused")[5000]).toBe(1);
    life.end();
    const fresh = model.begin();
    for (const name of model.values) expect(fresh.value(name).every((value) => value === 0)).toBe(true);
    fresh.step(inputAt(1));
    expect(fresh.value("unused").every((value) => value === 0)).toBe(true);
  });

  it("is that of the last step that was taken, where one was refused", () => {
    const life = model.begin();
    life.step(inputAt(0));
    expect(() => life.step([1])).toThrow(RangeError);
    const w = model.parameter("r", "w").values;
    const huge = Float32Array.from({ length: SIZE }, (_, k) => 3.4e38 * Math.sign(w[k * SIZE]!));
    expect(() => life.step(huge)).toThrow(/not finite/);
    expect([...life.value("u")]).toEqual([...inputAt(0)]);
  });

  it("is gone once a megabyte of others' has come after it, which is said and never another life's", () => {
    const lives = Array.from({ length: 100 }, () => model.begin());
    for (const [k, life] of lives.entries()) life.step(inputAt(k));
    expect(() => lives[0]!.value("u")).toThrow(
      /^value: what this life's last step computed is gone, for other lives have taken theirs since; look at it before/,
    );
    expect(() => lives[0]!.synapse("r", 0, 0)).toThrow(
      /^synapse: what this life's last step computed is gone/,
    );
    expect([...lives[99]!.value("u")]).toEqual([...inputAt(99)]);
    // What it remembers is all there.
    expect(lives[0]!.snapshot()).toEqual(lived(model, 1).snapshot());
    lives[0]!.step(inputAt(5));
    expect([...lives[0]!.value("u")]).toEqual([...inputAt(5)]);
  });
});
