import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../src/models/index.js";
import { call, TINY } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const run = at("run");
const model = join(run, "model.safetensors");

beforeAll(async () => {
  const flags = [...TINY, "--episodes", "3", "--no-figures", "--out", run];
  expect(await call(["train", "patterns", ...flags])).toMatchObject({ code: 0, err: "" });
}, 60_000);

describe("inspect of a model file", () => {
  test("says what was trained, how, how well, by which rule, and what its numbers are", async () => {
    const { out, err, code } = await call(["inspect", model]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^.*model\.safetensors: patterns, 3 training episodes, \d+ bytes \(F32\)\n/);
    expect(out).toMatch(/ {2}command +hebbian train patterns --seed 0 --episodes 3 --set bits=12/);
    expect(out).toMatch(/ {2}bits +12\n/);
    expect(out).toMatch(/\nresult\n(?:.*\n)* {2}error +0\.\d+/);
    expect(out).toMatch(/\nrules\n {2}recurrent {3}decayingHebb: weight w \+ alpha \* H; H <- /);
    expect(out).toMatch(/\nparameters\n {2}recurrent\.alpha +\[12, 12\] +mean -?[\d.e-]+ +std [\d.e-]+/);
    expect(out).toContain(`Test it: hebbian evaluate ${model}\n`);
    expect(out).not.toMatch(/architecture|digest/);
  });

  test("has the same as JSON, and the same numbers as the run that it is of", async () => {
    const about = JSON.parse((await call(["inspect", model, "--json"])).out);
    const ofRun = JSON.parse((await call(["inspect", run, "--json"])).out);
    expect(about).toMatchObject({ experiment: "patterns", seed: 0, episode: 3, precisions: ["F32"] });
    expect(about.options).toEqual(ofRun.config.options);
    expect(about.result.error).toBe(ofRun.result.evaluation.error);
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const shapes = (parameters: { name: string; shape: number[] }[]) =>
      parameters.map(({ name, shape }) => ({ name, shape })).sort(byName);
    expect(shapes(about.parameters)).toEqual(shapes(ofRun.parameters));
    expect(about.parameters).toHaveLength(3);
  });

  test("tells the precision of what was exported, and reads checkpoints", async () => {
    await call(["export", run, at("half.safetensors"), "--float16"]);
    await call(["export", run, at("small.safetensors"), "--int8"]);
    expect((await call(["inspect", at("half.safetensors")])).out).toContain("(F16)");
    expect((await call(["inspect", at("small.safetensors")])).out).toMatch(/\((I8, F32|F32, I8)\)/);
    const { out } = await call(["inspect", join(run, "checkpoint.safetensors")]);
    expect(out).toContain("checkpoint.safetensors: patterns, 3 training episodes");
    expect(out).toContain("not tested yet");
  });

  test("shows what a stranger's file says as text, in one line each", async () => {
    const { tensors, metadata } = readSafetensors(readFileSync(model));
    const hostile = { ...metadata, source: "a\u001b[2J\nb", rules: "[1]", metrics: "{" };
    writeFileSync(at("hostile.safetensors"), writeSafetensors(Object.fromEntries(tensors), hostile));
    const { out, code } = await call(["inspect", at("hostile.safetensors")]);
    expect(code).toBe(0);
    expect(out).toMatch(/source +a\\u001b\[2J b\n/);
    expect(out).toContain("not tested yet");
  });

  test.each([
    ["nothing", () => at("nothing"), /cannot open .*nothing: no such file or folder/],
    ["an empty file", () => writeFileSync(at("empty"), ""), /empty: /],
    ["another file", () => writeFileSync(at("text"), "hello ".repeat(100)), /text: /],
  ])("of %s is refused in one line with exit code 5", async (name, make, message) => {
    make();
    const path = { nothing: "nothing", "an empty file": "empty", "another file": "text" }[name]!;
    const { code, err, out } = await call(["inspect", at(path)]);
    expect({ code, out }).toEqual({ code: 5, out: "" });
    expect(err).toMatch(/^error: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(err).not.toContain("address");
  });
});

describe("export", () => {
  test.each(["x.onnx", "X.ONNX", "x.pt", "x.json"])(
    "to %s is refused, before anything is read",
    async (name) => {
      const { code, err, out } = await call(["export", at("nothing"), at(name)]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("models are written as safetensors");
    },
  );
});
