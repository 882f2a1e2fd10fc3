import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../src/lifetime/index.js";
import { syntheticCharacters } from "../src/tasks/index.js";
import { readSafetensors } from "../src/training/index.js";
import { call, TINY } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-export-"));
const at = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = at("run");
const omniglot = join(import.meta.dirname, "../models/omniglot.safetensors");
beforeAll(async () => {
  await call(["train", "patterns", ...TINY, "--episodes", "2", "--out", run]);
}, 60_000);

/** Every file of a folder with its content. */
const contentOf = (path: string): Map<string, string> =>
  new Map(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, "latin1")]),
  );

describe("export and compile leave every file of a run as it is:", () => {
  it.each([
    ["config.json", []],
    ["environment.json", []],
    ["metrics.jsonl", []],
    ["timing.jsonl", []],
    ["checkpoint.safetensors", []],
    ["model.safetensors", ["--int8"]],
    ["result.json", []],
    ["figures/restored.svg", []],
    // Not there yet, but the run's own.
    ["checkpoint.damaged.safetensors", []],
  ])("%s", async (name, flags) => {
    const before = contentOf(run);
    for (const argv of [
      ["export", run, join(run, name), ...flags],
      ["export", omniglot, join(run, "..", "run", name)],
      ["compile", omniglot, "--out", join(run, name)],
    ]) {
      const { code, err } = await call(argv);
      expect(code).toBe(2);
      expect(err).toMatch(
        /^error: .* belongs to the run in .*, and stays as it is; write to another name\n$/,
      );
    }
    expect(contentOf(run)).toEqual(before);
  });

  it("also through a link to it, or to its folder", async () => {
    symlinkSync(join(run, "config.json"), at("link"));
    symlinkSync(run, at("run-link"));
    const before = contentOf(run);
    for (const target of [at("link"), at("run-link", "result.json")])
      expect((await call(["export", run, target])).code).toBe(2);
    expect(contentOf(run)).toEqual(before);
  });

  it("while another name in its folder, and the same name elsewhere, are free", async () => {
    mkdirSync(at("elsewhere"));
    for (const target of [join(run, "mine.safetensors"), at("elsewhere", "model.safetensors")]) {
      expect((await call(["export", run, target])).code).toBe(0);
      expect(readSafetensors(readFileSync(target)).metadata.format).toBe("hebbian model 2");
    }
  });
});

describe("export --ways", () => {
  it("makes a classifier of as many classes of one that was trained with five", async () => {
    const { code, out } = await call(["export", omniglot, at("twenty.safetensors"), "--ways", "20"]);
    expect([code, out]).toEqual([0, expect.stringContaining("twenty.safetensors: ")]);
    const model = await loadModel(at("twenty.safetensors"));
    expect(model.outputs).toBe(20);
    expect(model.inputs).toContainEqual({ name: "label", size: 20 });
    const { metadata } = readSafetensors(readFileSync(at("twenty.safetensors")));
    expect(JSON.parse(metadata.options!)).toMatchObject({ ways: 20 });
    // What was measured with five classes says nothing of twenty.
    expect(metadata).toMatchObject({ adapted: "20 ways, of a network trained with 5" });
    expect(metadata.metrics).toBeUndefined();
    // It tells twenty drawings apart: each again, as the one that it was shown.
    const drawings = syntheticCharacters(0, 0, 1);
    const life = model.begin();
    for (let k = 0; k < 20; k++) {
      life.step({ picture: drawings.pixels(k * 20), label: new Float32Array(20).fill(1, k, k + 1) });
    }
    const answers = Array.from({ length: 20 }, (_, k) => {
      const answer = life.step({ picture: drawings.pixels(k * 20) });
      return answer.indexOf(Math.max(...answer));
    });
    expect(answers.filter((answer, k) => answer === k).length).toBeGreaterThanOrEqual(18);
  });

  it("with the number of classes that it has leaves every weight as it is", async () => {
    await call(["export", omniglot, at("five.safetensors"), "--ways", "5"]);
    const tensorsOf = (file: string) => readSafetensors(readFileSync(file)).tensors;
    for (const [name, { data }] of tensorsOf(at("five.safetensors")))
      expect([...data]).toEqual([...tensorsOf(omniglot).get(name)!.data]);
  });

  it.each([
    [
      "of a network that knows no classes",
      () => [run, at("x"), "--ways", "20"],
      /--ways: patterns has no such option/,
    ],
    ["of too many", () => [omniglot, at("x"), "--ways", "65"], /ways: .*64/],
    ["of one", () => [omniglot, at("x"), "--ways", "1"], /--ways.*at least 2/],
  ])("%s is refused with exit code 2", async (_, argv, message) => {
    const { code, err } = await call(["export", ...argv()]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

it("export takes a model of nobody's experiment: its file says how it is built", async () => {
  const { tensors, metadata } = readSafetensors(readFileSync(omniglot));
  const { writeSafetensors } = await import("../src/training/index.js");
  const file = { ...metadata, experiment: "of my own", options: "{}" };
  writeFileSync(at("own.safetensors"), writeSafetensors(Object.fromEntries(tensors), file));
  expect((await call(["export", at("own.safetensors"), at("own8.safetensors"), "--int8"])).code).toBe(0);
  expect((await loadModel(at("own8.safetensors"))).name).toBe("of my own");
});

describe("compile", () => {
  it("writes a model's code, which loadModel takes and another model refuses", async () => {
    const { code, out } = await call(["compile", omniglot, "--out", at("omniglot.wasm")]);
    expect(code).toBe(0);
    expect(out).toMatch(/omniglot\.wasm: \d+ bytes; loadModel\(model, \{ code \}\) takes it\n$/);
    const wasm = readFileSync(at("omniglot.wasm"));
    const module = await WebAssembly.compile(wasm);
    const picture = Float32Array.from({ length: 961 }, (_, k) => Number(k % 7 === 0));
    const expected = (await loadModel(omniglot)).begin().step({ picture });
    for (const given of [module, wasm]) {
      const model = await loadModel(omniglot, { code: given });
      expect(model.begin().step({ picture })).toEqual(expected);
    }
    await expect(loadModel(join(run, "model.safetensors"), { code: module })).rejects.toMatchObject({
      name: "ModelError",
      code: "other-code",
      message: expect.stringContaining("another model's"),
    });
  });

  it("takes a run folder, for its model", async () => {
    expect((await call(["compile", run, "--out", at("run.wasm")])).code).toBe(0);
    const code = readFileSync(at("run.wasm"));
    expect((await loadModel(join(run, "model.safetensors"), { code })).name).toBe("patterns");
  });

  it.each([
    ["what is no model", () => [join(run, "config.json"), "--out", at("x.wasm")], 5, /config\.json: /],
    ["what is not there", () => [at("none"), "--out", at("x.wasm")], 5, /none/],
    ["no name to write to", () => [omniglot], 2, /--out/],
    ["a name for a network", () => [omniglot, "--out", at("x.safetensors")], 2, /compile: .*name it \.wasm/],
    [
      "a run that has not finished",
      () => {
        mkdirSync(at("begun"));
        copyFileSync(join(run, "config.json"), at("begun", "config.json"));
        return [at("begun"), "--out", at("x.wasm")];
      },
      5,
      /begun holds no trained network yet; go on with the run: hebbian train --resume .*begun/,
    ],
  ])("refuses %s in one line", async (_, argv, expected, message) => {
    const { code, err } = await call(["compile", ...argv()]);
    expect(code).toBe(expected);
    expect(err).toMatch(/^error: [^\n]+\n$/);
    expect(err).toMatch(message);
  });
});
