import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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

/** What a run comes to, by its network, seed and learning rate; null: it diverges. */
type Score = (network: string, seed: number, rate: number) => number | null;

/** Leaves a run's folder without training: its score is `score`'s. An episode takes a second by the clock, and half of that of a processor. */
function pretended(score: Score, started: string[][] = []): Start {
  return (argv) => {
    started.push([...argv]);
    const after = (flag: string) => argv[argv.indexOf(flag) + 1]!;
    const experiment = experiments[argv[1]!]!;
    const set = argv.flatMap((word, k) => (argv[k - 1] === "--set" ? [word] : []));
    const options = resolveOptions(experiment, givenOptions(experiment, { set })) as Record<string, unknown>;
    const [seed, episodes, path] = [Number(after("--seed")), Number(after("--episodes")), after("--out")];
    mkdirSync(path, { recursive: true });
    const { name } = experiment.metric;
    const value = score(String(options.network), seed, Number(options.lr));
    const ended = (code: number, err = "") => ({
      onLine: () => {},
      ended: Promise.resolve({ code, err }),
      stop: () => {},
    });
    if (value === null) return ended(4, "error: training diverged\n");
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
      `{"episode":${episodes},"episodes":${episodes},"seconds":${episodes},"processorSeconds":${episodes / 2}}\n`,
    );
    json("result.json", {
      trainedEpisodes: episodes,
      evaluation: { experiment: experiment.name, episodes: 100, seed, [name]: value },
    });
    return ended(0);
  };
}

const flags = { scale: "small", device: "auto", workers: 1 } as const;
/** Networks of patterns, and the rates that its grid has. */
const [NETWORKS, RATES] = [5, figures.patterns!.run.scales.small.rates!];
const TRIALS = NETWORKS * RATES.length;
const isPlastic = (network: string) => network === "plastic" || network === "homogeneous";
/** Plastic networks learn well at 3e-4, and others best at 1e-3. */
const published: Score = (network, seed, rate) =>
  isPlastic(network)
    ? 0.003 + 0.0001 * (seed % 1000) + (rate === 3e-4 ? 0 : 0.1)
    : 0.15 + 0.001 * (seed % 1000) + (rate === 1e-3 ? 0 : 0.1);

/** Gives every run in a folder the name that it would have if other code had made it. */
function madeByOtherCode(runs: string): void {
  for (const name of readdirSync(runs)) {
    renameSync(join(runs, name), join(runs, name.replace(/[0-9a-f]{12}(?=$|\.json$)/, "0123456789ab")));
  }
}

/** Network, rate and seed of each run that was started, in order. */
const asked = (started: readonly (readonly string[])[]) =>
  started.map((argv) => {
    const set = argv.flatMap((word, k) => (argv[k - 1] === "--set" ? [word.split("=")] : []));
    const { network, lr } = Object.fromEntries(set) as Record<string, string>;
    return { network, rate: Number(lr), seed: Number(argv[argv.indexOf("--seed") + 1]) };
  });

describe("hebbian reproduce", () => {
  it("runs what a figure needs, judges it, and runs nothing again", async () => {
    const started: string[][] = [];
    const { io, written } = quietIo();
    const page = join(out, "docs/page.md");
    mkdirSync(join(out, "docs"), { recursive: true });
    const asking = { ...flags, seeds: 3, out: join(out, "runs"), page };
    expect(await reproduce("patterns", asking, io, pretended(published, started))).toBe(0);
    expect(started).toHaveLength(TRIALS + 15);
    expect(written.out).toMatch(
      new RegExp(`^To run: ${TRIALS + 15} runs \\(${TRIALS} of them to choose learning rates\\), about \\d`),
    );
    expect(written.out).toMatch(/patterns +reproduced\n$/);
    const text = readFileSync(page, "utf8");
    expect(text).toContain("| [patterns](#patterns) | small | reproduced |");
    expect(text).toMatch(/\| plastic \| 3e-4 \| 0\.31 % \(0\.30 % to 0\.32 %\) \| 3 \| 400 \|/);
    expect(text).toContain("- plastic is better than rnn: **reproduced**");
    expect(readdirSync(join(out, "docs/results/reproduction")).sort()).toEqual([
      ...["patterns.json", "patterns.png", "patterns.svg"],
    ]);
    const numbers = JSON.parse(readFileSync(join(out, "docs/results/reproduction/patterns.json"), "utf8"));
    const count = TRIALS + 15;
    expect(numbers).toMatchObject({
      verdict: "reproduced",
      runs: { needed: count, done: count },
      secondsLeft: 0,
    });
    expect(numbers.conditions[0]).toMatchObject({
      label: "plastic",
      seeds: [0, 1, 2],
      scores: [0.003, 0.0031, 0.0032],
      options: { network: "plastic", lr: 3e-4 },
    });

    const again = quietIo();
    await reproduce("patterns", asking, again.io, pretended(published, started));
    expect(started).toHaveLength(count);
    expect(again.written.out).toMatch(/^To run: nothing\n/);
  });

  it("tries every rate of the grid with each network, by a seed of its own; then runs seeds at the best, seed by seed", async () => {
    const started: string[][] = [];
    await reproduce("patterns", { ...flags, seeds: 2, out }, quietIo().io, pretended(published, started));
    const networks = figures.patterns!.run.scales.small.conditions.map(({ label }) => label);
    const grid = networks.flatMap((network) => RATES.map((rate) => ({ network, rate, seed: 1000 })));
    const seeds = [0, 1].flatMap((seed) =>
      networks.map((network) => ({ network, rate: isPlastic(network) ? 3e-4 : 1e-3, seed })),
    );
    expect(asked(started)).toEqual([...grid, ...seeds]);
  });

  it("tries rates in shorter runs where the figure says so, and the page says it, too", async () => {
    const started: string[][] = [];
    const page = join(out, "page.md");
    await reproduce("images", { ...flags, seeds: 1, out, page }, quietIo().io, pretended(published, started));
    const episodes = started.map(
      (argv) => `${argv[argv.indexOf("--seed") + 1]}: ${argv[argv.indexOf("--episodes") + 1]}`,
    );
    expect(new Set(episodes)).toEqual(new Set(["1000: 1000", "0: 3000"]));
    expect(readFileSync(page, "utf8")).toContain(
      "3e-4 and 1e-3, in runs of 1000 episodes (shorter runs favour",
    );
  });

  it("says of every rate how good it was, and where the best is at the grid's end", async () => {
    const [lowest, highest] = [RATES[0]!, RATES.at(-1)!];
    const score: Score = (network, _, rate) => {
      if (network === "rnn") return rate;
      if (network === "lstm") return rate === highest ? null : 1 - rate;
      return network === "homogeneous" ? 1 - rate : Math.abs(rate - 3e-4);
    };
    const { io, written } = quietIo();
    const page = join(out, "page.md");
    expect(await reproduce("patterns", { ...flags, seeds: 1, out, page }, io, pretended(score))).toBe(0);
    const { grid } = JSON.parse(readFileSync(join(out, "results/reproduction/patterns.json"), "utf8"));
    expect(grid).toMatchObject({ seed: 1000, rates: RATES });
    const of = (label: string) => grid.networks.find((each: { label: string }) => each.label === label);
    expect(of("rnn")).toEqual({ label: "rnn", scores: RATES, rate: lowest, edge: "lowest" });
    expect(of("homogeneous")).toMatchObject({ rate: highest, edge: "highest" });
    expect(of("plastic")).toMatchObject({ rate: 3e-4, edge: null });
    // What diverges is an answer, not a failure.
    expect(of("lstm").scores.at(-1)).toBe("diverged");
    expect(of("lstm")).toMatchObject({ rate: RATES.at(-2), edge: null });
    expect(written.out).not.toContain("failed:");
    const text = readFileSync(page, "utf8");
    expect(text).toContain("The best rate of rnn is the lowest of them");
    expect(text).toContain("The best rate of homogeneous is the highest of them");
  });

  it("says that a seed that is to be judged has diverged, and how it is tried again", async () => {
    const score: Score = (network, seed, rate) =>
      network === "rnn" && seed === 1 ? null : published(network, seed, rate);
    const { io, written } = quietIo();
    expect(await reproduce("patterns", { ...flags, seeds: 2, out }, io, pretended(score))).toBe(4);
    expect(written.out).toMatch(
      /patterns-seed1-\S+ failed: error: training diverged\nTo try it again, remove /,
    );
  });

  it("goes on in the middle of a grid, and judges nothing before a network has its rate", async () => {
    const started: string[][] = [];
    let stop: (signal: "SIGINT") => void = () => {};
    const { io, written } = quietIo();
    const interrupted: typeof io = {
      ...io,
      onSignal(handler) {
        stop = handler;
        return () => {};
      },
    };
    const start = pretended(published, started);
    const until =
      (count: number): Start =>
      (argv) => {
        const run = start(argv);
        if (started.length === count) stop("SIGINT");
        return run;
      };
    const asking = { ...flags, seeds: 1, out };
    expect(await reproduce("patterns", asking, interrupted, until(6))).toBe(130);
    expect(written.out).toMatch(new RegExp(`SIGINT: stopped, ${TRIALS + NETWORKS - 6} runs to go`));
    expect(written.out).toMatch(/patterns +not run: about /);
    const { grid, conditions } = JSON.parse(readFileSync(join(out, "patterns.json"), "utf8"));
    expect(grid.networks[0].rate).toBe(3e-4);
    expect(grid.networks[1].rate).toBeNull();
    expect(grid.networks[1].scores).toEqual([expect.any(Number), expect.any(Number), null, null]);
    expect(conditions).toEqual([]);
    await reproduce("patterns", asking, quietIo().io, start);
    expect(started).toHaveLength(TRIALS + NETWORKS);
  });

  it("uses runs of other code, and goes by the processor time they took for what remains", async () => {
    await reproduce("patterns", { ...flags, seeds: 1, out }, quietIo().io, pretended(published));
    madeByOtherCode(join(out, "runs"));
    const { io, written } = quietIo();
    await reproduce("patterns", { ...flags, seeds: 4, out, plan: true, json: true }, io);
    const [report] = JSON.parse(written.out);
    expect(report.runs).toEqual({ needed: TRIALS + 20, done: TRIALS + 5 });
    expect(report.conditions[0].code).toEqual(["0123456789ab"]);
    // Each took 200 seconds of a processor: three more of each of five conditions.
    expect(report.secondsLeft).toBe(3000);
    expect(report.verdict).toBe("weaker");
  });

  it("tries a rate that has diverged with other code no more", async () => {
    const score: Score = (...run) => (run[2] === RATES.at(-1) ? null : published(...run));
    await reproduce("patterns", { ...flags, seeds: 1, out }, quietIo().io, pretended(score));
    madeByOtherCode(join(out, "failures"));
    const { io, written } = quietIo();
    await reproduce("patterns", { ...flags, seeds: 1, out, plan: true }, io);
    expect(written.out).toMatch(/^To run: nothing\n/);
  });

  it("uses runs of another device, too, as they differ by rounding alone", async () => {
    const on = { ...flags, seeds: 1, out };
    await reproduce("patterns", { ...on, device: "native" }, quietIo().io, pretended(published));
    const { io, written } = quietIo();
    await reproduce("patterns", { ...on, plan: true, json: true }, io);
    const count = TRIALS + 5;
    expect(JSON.parse(written.out)[0].runs).toEqual({ needed: count, done: count });
  });

  it("says of every figure what it would take, seeds that wait for their rate too", async () => {
    const { io, written } = quietIo();
    await reproduce("all", { ...flags, out, plan: true }, io);
    for (const name of Object.keys(figures)) {
      expect(written.out).toMatch(new RegExp(`  ${name} +not run: about .+ of one core\n`));
    }
    const runs = Object.values(figures).reduce((sum, { run }) => {
      const { conditions, seeds, rates = [] } = run.scales.small;
      return sum + conditions.length * (rates.length + seeds);
    }, 0);
    expect(written.out).toMatch(new RegExp(`^To run: ${runs} runs `));
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

  it("have options that their experiments know, each rate of a grid too", () => {
    for (const { run } of Object.values(figures)) {
      for (const { conditions, rates = [] } of Object.values(run.scales)) {
        for (const { options } of conditions) {
          for (const rate of [{}, ...rates.map((lr) => ({ lr }))]) {
            expect(() => resolveOptions(experiments[run.experiment]!, { ...options, ...rate })).not.toThrow();
          }
        }
      }
    }
  });

  it("have grids of at least three ascending rates, and no rate of a network's own beside them", () => {
    for (const { name, run } of Object.values(figures)) {
      for (const { conditions, rates, gridEpisodes } of Object.values(run.scales)) {
        if (!rates) {
          expect(gridEpisodes).toBeUndefined();
          continue;
        }
        expect([name, rates.length]).toEqual([name, Math.max(3, rates.length)]);
        expect(rates).toEqual([...new Set(rates)].sort((a, b) => a - b));
        for (const { options } of conditions) expect([name, options]).not.toHaveProperty("1.lr");
      }
    }
  });
});
