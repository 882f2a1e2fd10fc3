import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { experiments } from "../../src/experiments/index.js";
import { resolveOptions } from "../../src/training/index.js";
import { call, quietIo } from "../../test/support/terminal.js";
import { givenOptions } from "../flags.js";
import type { Start } from "../sweep/local.js";
import { figures } from "./figures.js";
import { reproduce } from "./reproduce.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-reproduce-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
let out = "";
beforeEach(() => {
  out = join(folder, `reproduction-${count++}`);
});

/** Leaves a run's folder without training: its score is `score` of its network and seed. */
function pretended(score: (network: string, seed: number) => number, started: string[][] = []): Start {
  return (argv) => {
    started.push([...argv]);
    const after = (flag: string) => argv[argv.indexOf(flag) + 1]!;
    const experiment = experiments[argv[1]!]!;
    const set = argv.flatMap((word, k) => (argv[k - 1] === "--set" ? [word] : []));
    const options = resolveOptions(experiment, givenOptions(experiment, { set })) as Record<string, unknown>;
    const [seed, episodes, path] = [Number(after("--seed")), Number(after("--episodes")), after("--out")];
    mkdirSync(path, { recursive: true });
    const { name } = experiment.metric;
    const value = score(String(options.network), seed);
    const json = (file: string, content: unknown) => writeFileSync(join(path, file), JSON.stringify(content));
    json("config.json", {
      ...{
        experiment: experiment.name,
        seed,
        episodes,
        checkpointEvery: 100,
        device: "wasm",
        threads: 1,
        data: null,
      },
      options,
    });
    const line = (episode: number) =>
      `${JSON.stringify({ episode, loss: 1, gradientNorm: 1, [name]: value })}\n`;
    writeFileSync(join(path, "metrics.jsonl"), line(1) + line(episodes));
    writeFileSync(
      join(path, "timing.jsonl"),
      `{"episode":${episodes},"episodes":${episodes},"seconds":10}\n`,
    );
    json("result.json", {
      trainedEpisodes: episodes,
      evaluation: { experiment: experiment.name, episodes: 100, seed, [name]: value },
    });
    return { onLine: () => {}, ended: Promise.resolve({ code: 0, err: "" }), stop: () => {} };
  };
}

const flags = { scale: "small", device: "auto", workers: 1 } as const;
const published = (network: string, seed: number) =>
  network === "plastic" || network === "homogeneous" ? 0.003 + 0.0001 * seed : 0.15 + 0.001 * seed;

describe("hebbian reproduce", () => {
  it("runs what a figure needs, judges it, and runs nothing again", async () => {
    const started: string[][] = [];
    const { io, written } = quietIo();
    const page = join(out, "docs/page.md");
    mkdirSync(join(out, "docs"), { recursive: true });
    const asked = { ...flags, seeds: 3, out: join(out, "runs"), page };
    expect(await reproduce("patterns", asked, io, pretended(published, started))).toBe(0);
    expect(started).toHaveLength(15);
    expect(written.out).toMatch(/^To run: 15 runs, about \d/);
    expect(written.out).toMatch(/patterns +reproduced\n$/);
    const text = readFileSync(page, "utf8");
    expect(text).toContain("| [patterns](#patterns) | small | reproduced |");
    expect(text).toMatch(/\| plastic \| 0\.31 % \(0\.30 % to 0\.32 %\) \| 3 \| 400 \|/);
    expect(text).toContain("- plastic is better than rnn: **reproduced**");
    expect(readdirSync(join(out, "docs/results/reproduction")).sort()).toEqual([
      ...["patterns.json", "patterns.png", "patterns.svg"],
    ]);
    const numbers = JSON.parse(readFileSync(join(out, "docs/results/reproduction/patterns.json"), "utf8"));
    expect(numbers).toMatchObject({ verdict: "reproduced", runs: { needed: 15, done: 15 }, secondsLeft: 0 });
    expect(numbers.conditions[0]).toMatchObject({
      label: "plastic",
      seeds: [0, 1, 2],
      scores: [0.003, 0.0031, 0.0032],
    });

    const again = quietIo();
    await reproduce("patterns", asked, again.io, pretended(published, started));
    expect(started).toHaveLength(15);
    expect(again.written.out).toMatch(/^To run: nothing\n/);
  });

  it("uses runs of other code, and goes by what they took for what remains", async () => {
    await reproduce("patterns", { ...flags, seeds: 1, out }, quietIo().io, pretended(published));
    const runs = join(out, "runs");
    for (const name of readdirSync(runs)) {
      const [other] = [name.replace(/[0-9a-f]{12}$/, "0123456789ab")];
      mkdirSync(join(runs, other!));
      for (const file of readdirSync(join(runs, name))) {
        writeFileSync(join(runs, other!, file), readFileSync(join(runs, name, file)));
      }
      rmSync(join(runs, name), { recursive: true });
    }
    const { io, written } = quietIo();
    await reproduce("patterns", { ...flags, seeds: 4, out, plan: true, json: true }, io);
    const [report] = JSON.parse(written.out);
    expect(report.runs).toEqual({ needed: 20, done: 5 });
    expect(report.conditions[0].code).toEqual(["0123456789ab"]);
    // Each took 10 seconds: three more of each of five conditions.
    expect(report.secondsLeft).toBe(150);
    expect(report.verdict).toBe("weaker");
  });

  it("uses runs of another device, too, as they differ by rounding alone", async () => {
    await reproduce(
      "patterns",
      { ...flags, seeds: 1, out, device: "native" },
      quietIo().io,
      pretended(published),
    );
    const { io, written } = quietIo();
    await reproduce("patterns", { ...flags, seeds: 1, out, plan: true, json: true }, io);
    expect(JSON.parse(written.out)[0].runs).toEqual({ needed: 5, done: 5 });
  });

  it("says of every figure what it would take", async () => {
    const { io, written } = quietIo();
    await reproduce("all", { ...flags, out, plan: true }, io);
    for (const name of Object.keys(figures)) {
      expect(written.out).toMatch(new RegExp(`  ${name} +not run: about .+ of one core\n`));
    }
  });

  it("knows no figure of another name", async () => {
    const { code, err } = await call(["reproduce", "figure-9", "--out", out]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/no figure "figure-9"; choose all, or one of patterns, /),
    ]);
  });
});

describe("the figures", () => {
  it("have claims about conditions that they run, at both scales", () => {
    for (const { name, claims, run } of Object.values(figures)) {
      for (const { conditions } of Object.values(run.scales)) {
        const labels = conditions.map(({ label }) => label);
        expect(new Set(labels).size).toBe(labels.length);
        for (const claim of claims) {
          const named = claim.kind === "better" ? claim.than : [claim.condition];
          for (const label of named) expect([name, labels]).toEqual([name, expect.arrayContaining([label])]);
        }
      }
    }
  });

  it("have options that their experiments know", () => {
    for (const { run } of Object.values(figures)) {
      for (const { conditions } of Object.values(run.scales)) {
        for (const { options } of conditions) {
          expect(() => resolveOptions(experiments[run.experiment]!, options)).not.toThrow();
        }
      }
    }
  });
});
