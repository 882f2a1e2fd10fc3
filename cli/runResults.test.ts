import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeModel, readSafetensors, writeSafetensors } from "../src/training/index.js";
import { call, TINY } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-run-"));
const at = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LATEST = "checkpoint.safetensors";
const PREVIOUS = "checkpoint.previous.safetensors";
const finished = at("finished");
/** Finished after 12 episodes, then told to go on to 20, and stopped after 14. */
const extended = at("extended");
/** An unbroken run of 14 episodes. */
const whole = at("whole");

beforeAll(async () => {
  const train = (out: string, episodes: string) =>
    call(["train", "patterns", ...TINY, "--out", out, "--episodes", episodes, "--checkpoint-every", "5"]);
  expect((await train(finished, "12")).code).toBe(0);
  expect((await train(whole, "14")).code).toBe(0);
  cpSync(finished, extended, { recursive: true });
  const flags = ["train", "--resume", extended, "--episodes", "20", "--json"];
  const interrupt = (text: string) => (text.includes('"episode":14,') ? ("SIGINT" as const) : null);
  expect((await call(flags, { interrupt })).code).toBe(130);
}, 60_000);

let copies = 0;
function copyOf(run: string): string {
  const copy = at(`copy-${copies++}`);
  cpSync(run, copy, { recursive: true });
  return copy;
}

const flipBit = (path: string, byte: number) => {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(byte) ^ 16, byte);
  writeFileSync(path, bytes);
};
const damages: [string, (path: string) => void][] = [
  ["a flipped bit in the length of metrics.jsonl", (path) => flipBit(path, metricsLengthAt(path))],
  ["a sector of zeros", (path) => writeFileSync(path, readFileSync(path).fill(0, 512, 1024))],
  ["not there", (path) => rmSync(path)],
];
const metricsLengthAt = (path: string) =>
  readFileSync(path).indexOf('"metricsBytes":"') + '"metricsBytes":"'.length;

const flags = ["--device", "reference", "--episodes", "3", "--json"];
const expectOneLine = (text: string, start: string) =>
  expect(text).toMatch(new RegExp(`^${start}: [^\\n]+\\n$`));

describe("a run whose latest checkpoint is damaged", () => {
  it.each(damages)(
    "(%s) goes on from the one before, says so, and leaves what it should",
    async (_, damage) => {
      const run = copyOf(finished);
      damage(join(run, LATEST));
      const { code, err, out } = await call(["train", "--resume", run, "--json"]);
      expect(code).toBe(0);
      expectOneLine(err, "warning");
      expect(err).toContain(`${join(run, LATEST)} cannot be used, the one before it is, of episode 10`);
      for (const line of out.trim().split("\n")) JSON.parse(line);
      for (const file of ["metrics.jsonl", "result.json", LATEST, PREVIOUS]) {
        expect(readFileSync(join(run, file)).equals(readFileSync(join(finished, file))), file).toBe(true);
      }
    },
  );

  it("never overwrites the good one before with the damaged one", async () => {
    const run = copyOf(finished);
    const before = readFileSync(join(run, PREVIOUS));
    flipBit(join(run, LATEST), 1000);
    const damaged = readFileSync(join(run, LATEST));
    const stop = (text: string) => (text.includes('"type":"start"') ? ("SIGINT" as const) : null);
    await call(["train", "--resume", run, "--json"], { interrupt: stop });
    expect(readFileSync(join(run, PREVIOUS)).equals(before)).toBe(true);
    expect(readFileSync(join(run, "checkpoint.damaged.safetensors")).equals(damaged)).toBe(true);
  });

  it("can be looked at and tested, with the warning on stderr alone", async () => {
    const run = copyOf(extended);
    flipBit(join(run, LATEST), 1000);
    const inspected = await call(["inspect", run, "--json"]);
    expectOneLine(inspected.err, "warning");
    expect(JSON.parse(inspected.out).episode).toBe(12);
    const tested = await call(["evaluate", run, ...flags]);
    expectOneLine(tested.err, "warning");
    expect(JSON.parse(tested.out).error).toEqual(expect.any(Number));
    expect(existsSync(join(run, LATEST))).toBe(true);
  });

  it("and the one before too is refused with what is wrong with both", async () => {
    const run = copyOf(finished);
    for (const file of [LATEST, PREVIOUS]) flipBit(join(run, file), 1000);
    for (const command of [
      ["train", "--resume", run],
      ["inspect", run],
      ["evaluate", run],
    ]) {
      const { code, err } = await call(command);
      expect(code).toBe(5);
      expectOneLine(err, "error");
      expect(err).toContain(`nor can the one before be used: ${join(run, PREVIOUS)}`);
    }
  });

  it.each(["", "NaN", "1e3", "-5", " 400"])(
    "in the length of metrics.jsonl, which reads %j, of a version without digest, loses no line",
    async (text) => {
      const run = copyOf(finished);
      for (const file of [LATEST, PREVIOUS]) {
        const { tensors, metadata } = readSafetensors(readFileSync(join(run, file)));
        const other = { ...metadata, format: "hebbian checkpoint 1", metricsBytes: text };
        writeFileSync(join(run, file), writeSafetensors(Object.fromEntries(tensors), other));
      }
      const before = readFileSync(join(run, "metrics.jsonl"));
      const { code, err } = await call(["train", "--resume", run, "--episodes", "20"]);
      expect(code).toBe(5);
      expect(err).toContain('no usable "metricsBytes" in it');
      expect(readFileSync(join(run, "metrics.jsonl")).equals(before)).toBe(true);
    },
  );
});

describe("a finished run that has gone on since", () => {
  const numbers = (file: string) => decodeModel(readFileSync(file), file).parameters;

  it("exports the network that it has now, without the test of the old one", async () => {
    const file = at("extended.safetensors");
    const { code, out } = await call(["export", extended, file]);
    expect(code).toBe(0);
    expect(out).toContain("the network of episode 14, which is not tested yet");
    const { notes, ...model } = decodeModel(readFileSync(file), file);
    expect(model.episode).toBe(14);
    expect(model.parameters).toEqual(numbers(join(whole, "model.safetensors")));
    const {
      metrics: _,
      rules,
      ...finishedNotes
    } = decodeModel(readFileSync(join(whole, "model.safetensors")), "whole").notes;
    expect(notes).toMatchObject({ ...finishedNotes, rules: expect.any(String) });
    expect(notes.metrics).toBeUndefined();
    expect(Object.values(JSON.parse(notes.rules!))).toEqual(Object.values(JSON.parse(rules!)));
  });

  it("is compared without the test of the old network, which is told apart", async () => {
    const { out } = await call(["compare", extended, finished, "--json"]);
    const [gone, done] = JSON.parse(out).conditions[0].runs;
    const result = JSON.parse(readFileSync(join(finished, "result.json"), "utf8"));
    expect(gone).toEqual({
      folder: extended,
      seed: 0,
      trainedEpisodes: 14,
      evaluation: null,
      earlier: result,
    });
    expect(done).toEqual({ folder: finished, seed: 0, trainedEpisodes: 12, evaluation: result.evaluation });
    const table = (await call(["compare", extended])).out;
    expect(table).toMatch(/14 episodes {3}not tested yet \([\d.]+ % after 12\)/);
  });

  it("is inspected with its result under the episode that it belongs to", async () => {
    const { out } = await call(["inspect", extended]);
    expect(out).toContain("14 of 20 episodes");
    expect(out).toMatch(/result of episode 12\n {2}experiment/);
    expect(out).toContain(`episode 14 is not tested yet\nnot finished; go on with: hebbian train --resume`);
    expect((await call(["inspect", finished])).out).toMatch(/^result\n/m);
    const about = JSON.parse((await call(["inspect", extended, "--json"])).out);
    expect(about).toMatchObject({ episode: 14, result: { trainedEpisodes: 12 } });
  });

  it("is evaluated as it is now, or as it last finished where that is further on than what is left of it", async () => {
    const now = await call(["evaluate", extended, ...flags]);
    expect(now.out).toBe((await call(["evaluate", whole, ...flags])).out);
    const run = copyOf(finished);
    truncateSync(join(run, LATEST), 10);
    const text = await call(["evaluate", run, ...flags.slice(0, -1)]);
    expect(text.out).toContain("after 12 training episodes");
  });

  it("is refused in one line where its result is damaged", async () => {
    const run = copyOf(finished);
    for (const text of ["{", "null", '{"trainedEpisodes":12}', '{"trainedEpisodes":"12","evaluation":{}}']) {
      writeFileSync(join(run, "result.json"), text);
      for (const command of ["inspect", "compare"]) {
        const { code, err } = await call([command, run]);
        expect(code).toBe(5);
        expectOneLine(err, "error");
        expect(err).toContain("result.json is damaged");
      }
    }
  });
});
