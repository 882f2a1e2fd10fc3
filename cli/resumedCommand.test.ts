import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, TINY } from "../test/support/terminal.js";
import { withRunsExperiment } from "./resumedCommand.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-resumed-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
/** Named as an experiment is, to see that it is not taken for one. */
const run = at("maze");

beforeAll(async () => {
  const flags = [...TINY, "--episodes", "3", "--no-figures", "--out", run];
  expect(await call(["train", "patterns", ...flags])).toMatchObject({ code: 0, err: "" });
}, 60_000);

/** A run whose config.json has been changed. */
function edited(name: string, change: object): string {
  cpSync(run, at(name), { recursive: true });
  const path = join(at(name), "config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
  return at(name);
}

describe("train --resume", () => {
  test("is the command of the run's own experiment, wherever its flag stands", () => {
    for (const flags of [
      ["--resume", run],
      [`--resume=${run}`],
      ["--json", "--resume", run, "--lr", "1"],
      ["--lr", "1", "--resume", run],
    ]) {
      expect(withRunsExperiment(["train", ...flags])).toEqual(["train", "patterns", ...flags]);
    }
  });

  test.each([
    [["train", "--resume"]],
    [["train", "--resume", "nowhere"]],
    [["train", "maze", "--resume", "nowhere"]],
    [["inspect", "--resume", "nowhere"]],
    [[]],
  ])("is left as it is where there is no run to be read: %j", (argv) => {
    expect(withRunsExperiment(argv)).toEqual(argv);
  });

  test.each([
    [["--lr", "0.1"], "the run in RUN has lr 0.01, got 0.1; a run goes on as it began: leave lr out"],
    [["--steps-on", "9"], "the run in RUN has stepsOn 2, got 9"],
    [["--lr", "much"], 'lr: expected a number, got "much"'],
    [["--episodes", "2"], "has lived 3 episodes, --episodes 2 is fewer; leave --episodes out, or give more"],
    [["--data", "cifar"], "--data: patterns makes its own data; leave --data out"],
    [["--bogus", "1"], "unknown option '--bogus'"],
  ])("with %j is refused with exit code 2 and the reason", async (flags, reason) => {
    for (const argv of [
      ["train", "--resume", run, ...flags],
      ["train", ...flags, "--resume", run],
    ]) {
      const { code, err, out } = await call(argv);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(reason.replace("RUN", run));
    }
  });

  test("takes the same options as the run has", async () => {
    const resumed = await call(["train", "--resume", run, "--lr", "0.01", "--no-figures"]);
    expect(resumed).toMatchObject({ code: 0, err: "" });
  });

  test("shows the help of the run's experiment", async () => {
    const { out } = await call(["train", "--resume", run, "--help"]);
    expect(out).toContain("--steps-on <number>");
  });

  test("refuses data that a person has written into the config of an experiment without, and evaluate too", async () => {
    const path = edited("with data", { data: "cifar" });
    for (const argv of [
      ["train", "--resume", path],
      ["evaluate", path, "--episodes", "1"],
    ]) {
      const { code, err } = await call(argv);
      expect(code).toBe(5);
      expect(err).toContain(
        'config.json is damaged: data must be null, for patterns makes its own, got "cifar"; restore it',
      );
    }
  });

  test("refuses an experiment with pictures whose config says none", async () => {
    const path = edited("without data", { experiment: "images" });
    const { code, err } = await call(["train", "--resume", path]);
    expect(code).toBe(5);
    expect(err).toContain("config.json is damaged: data must say where images has its pictures from");
  });
});

describe("flags of train", () => {
  test("before the experiment's name mean the same as after it", async () => {
    const out = at("before");
    const before = ["--episodes", "2", "--seed", "7", "--set", "stepsOff=1", "--no-figures", "--json"];
    const { code, out: lines } = await call(["train", ...before, "patterns", ...TINY, "--out", out]);
    expect(code).toBe(0);
    const config = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    expect(config).toMatchObject({ episodes: 2, seed: 7, options: { stepsOff: 1, testSteps: 2 } });
    expect(JSON.parse(lines.split("\n")[0]!)).toMatchObject({ type: "start", seed: 7 });
  });

  test("say --data only where there is data, and which", async () => {
    const help = async (name: string) => (await call(["train", name, "--help"], { columns: 200 })).out;
    expect(await help("patterns")).not.toContain("--data");
    expect(await help("images")).toMatch(/--data <source> +cifar, procedural, or a folder of PNG\s+files/);
    expect(await help("omniglot")).toMatch(/--data <source> +omniglot, synthetic/);
    expect(await help("images")).not.toContain("synthetic");
  });

  test("tell what --checkpoint-every does", async () => {
    const help = (await call(["train", "patterns", "--help"])).out.replaceAll(/\s+/g, " ");
    expect(help).toContain(
      "episodes between checkpoints, up to the end of their batch (default: 100, or a 200th of",
    );
  });
});
