import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-compare-"));
const run = (name: string) => join(folder, name);

/** A run folder whose error falls from 0.25 by `slope` an episode. */
async function make(name: string, network: string, seed: number, slope: number): Promise<void> {
  const flags = [
    "--network",
    network,
    "--seed",
    String(seed),
    "--bits",
    "4",
    "--episodes",
    "1",
    "--no-figures",
  ];
  const made = await call(["train", "patterns-small", ...flags, "--threads", "1", "--out", run(name)]);
  expect(made.err).toBe("");
  const lines = Array.from({ length: 40 }, (_, k) => ({ episode: k + 1, error: 0.25 - slope * (k + 1) }));
  writeFileSync(join(run(name), "metrics.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** A run folder that says of its test what it is told; returns its path. */
function tested(
  name: string,
  network: string,
  seed: number,
  evaluation: object,
  config: object = {},
  scores: readonly number[] = [],
): string {
  const path = run(name);
  cpSync(run("plastic-0"), path, { recursive: true });
  const change = (file: string, changes: (old: { options: object }) => object) => {
    const old = JSON.parse(readFileSync(join(path, file), "utf8"));
    writeFileSync(join(path, file), JSON.stringify({ ...old, ...changes(old) }));
  };
  change("config.json", ({ options }) => ({ seed, options: { ...options, network }, ...config }));
  const test = { experiment: "patterns-small", episodes: 1000, seed, ...evaluation };
  writeFileSync(join(path, "result.json"), JSON.stringify({ trainedEpisodes: 40, evaluation: test, scores }));
  return path;
}

beforeAll(async () => {
  await make("plastic-0", "plastic", 0, 0.006);
  await make("plastic-1", "plastic", 1, 0.004);
  await make("rnn-0", "rnn", 0, 0.001);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("compare", () => {
  test("joins runs that differ only in their seed, and says when each reached the threshold", async () => {
    const paths = ["plastic-0", "plastic-1", "rnn-0"].map(run);
    const flags = ["--threshold", "0.1", "--window", "1", "--json"];
    const { out: stdout, code } = await call(["compare", ...paths, ...flags]);
    expect(code).toBe(0);
    const { experiment, metric, conditions } = JSON.parse(stdout);
    expect({ experiment, metric }).toEqual({ experiment: "patterns-small", metric: "error" });
    expect(conditions.map(({ label }: { label: string }) => label)).toEqual(["plastic", "rnn"]);
    const [plastic, rnn] = conditions;
    expect(plastic.runs.map(({ reached }: { reached: number }) => reached)).toEqual([25, 38]);
    expect(rnn.runs[0].reached).toBeNull();
    const { mean, low, high } = plastic.curve[9];
    expect([low, mean, high].map((value) => Number(value.toFixed(3)))).toEqual([0.19, 0.2, 0.21]);
  });

  test("leaves the figure as SVG and PNG and its numbers as JSON", async () => {
    const out = run("figures");
    const paths = [run("plastic-0"), run("rnn-0")];
    expect((await call(["compare", ...paths])).out).toContain("Learning curves: --out <folder>");
    const { out: said } = await call(["compare", ...paths, "--out", out]);
    expect(said).toContain(`Learning curves: ${join(out, "comparison.png")}`);
    expect(readFileSync(join(out, "comparison.svg"), "utf8")).toContain("rnn");
    expect(readFileSync(join(out, "comparison.png")).subarray(1, 4).toString()).toBe("PNG");
    const { conditions } = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
    expect(conditions[1].curve).toHaveLength(40);
  });

  test("gives the interquartile mean of each condition's tests with its interval, and pairs conditions seed by seed", async () => {
    const scores = { plastic: [0.1, 0.2, 0.15, 0.12], rnn: [0.3, 0.35, 0.33, 0.34] };
    const paths = Object.entries(scores).flatMap(([network, errors]) =>
      errors.map((error, seed) => tested(`t-${network}-${seed}`, network, seed, { error })),
    );
    const { out, err, code } = await call(["compare", ...paths, "--json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { conditions, pairings } = JSON.parse(out);
    const [plastic, rnn] = conditions.map(({ aggregate }: { aggregate: object }) => aggregate);
    expect(plastic).toMatchObject({ runs: 4, interquartileMean: expect.closeTo(0.135, 9) });
    expect(rnn).toMatchObject({ runs: 4, interquartileMean: expect.closeTo(0.335, 9) });
    expect([plastic.low >= 0.1, plastic.low < 0.135, plastic.high > 0.135, plastic.high <= 0.2]).toEqual(
      Array(4).fill(true),
    );
    expect(pairings).toHaveLength(1);
    expect(pairings[0]).toMatchObject({ condition: "rnn", against: "plastic", seeds: [0, 1, 2, 3] });
    // Differences .2, .15, .18, .22.
    expect(pairings[0].interquartileMean).toBeCloseTo(0.19, 9);
    expect(pairings[0].low).toBeGreaterThan(0.1499);
    expect((await call(["compare", ...paths, "--json"])).out).toBe(out);
    const { out: text } = await call(["compare", ...paths]);
    expect(text).toMatch(
      /Interquartile mean, and its 95 % interval .*\n {2}plastic +13\.5 % +1\d\.\d % to \d\d/,
    );
    expect(text).toMatch(
      /Difference to plastic, seed by seed:\n {2}rnn +\+19\.0 % +\+1\d\.\d % to \+2\d\.\d % +4 seeds/,
    );
  });

  test("pairs no seed that was tested otherwise or is there twice, and says what is doubtful", async () => {
    const paths = [
      tested("p-plastic-0", "plastic", 0, { error: 0.1 }),
      tested("p-plastic-1", "plastic", 1, { error: 0.1 }),
      tested("p-plastic-1b", "plastic", 1, { error: 0.1 }),
      tested("p-plastic-2", "plastic", 2, { error: 0.1, episodes: 7 }),
      tested("p-rnn-0", "rnn", 0, { error: 0.3 }),
      tested("p-rnn-1", "rnn", 1, { error: 0.3 }),
      tested("p-rnn-2", "rnn", 2, { error: 0.3 }),
    ];
    const { out, err } = await call(["compare", ...paths, "--json"]);
    expect(JSON.parse(out).pairings).toEqual([
      { condition: "rnn", against: "plastic", seeds: [0], interquartileMean: expect.closeTo(0.2, 9) },
    ]);
    expect(err).toBe(
      `note: plastic: seed 1 is there twice, the second time in ${paths[2]}: its runs are not independent\n`,
    );
    expect((await call(["compare", ...paths])).out).not.toContain("seed by seed");
  });

  describe("where the score of each test episode is known", () => {
    // Episodes differ by far more than the networks.
    const hard = [0.05, 0.45, 0.15, 0.35];
    const both = (seed: number, more: readonly number[], name = `e${seed}`) => {
      const other = hard.map((score, k) => score + more[k % more.length]!);
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
      return [
        tested(`${name}-plastic`, "plastic", seed, { error: mean(hard), episodes: 4 }, {}, hard),
        tested(`${name}-rnn`, "rnn", seed, { error: mean(other), episodes: 4 }, {}, other),
      ];
    };
    const pairingOf = async (paths: readonly string[]) =>
      JSON.parse((await call(["compare", ...paths, "--json"])).out).pairings[0];

    test("pairs conditions episode by episode, so that one seed is enough for an interval", async () => {
      const even = both(0, [0.1]);
      expect(await pairingOf(even)).toMatchObject({
        ...{ seeds: [0], episodes: 4 },
        interquartileMean: expect.closeTo(0.1, 9),
        low: expect.closeTo(0.1, 9),
        high: expect.closeTo(0.1, 9),
      });
      expect((await call(["compare", ...even])).out).toMatch(
        /Difference to plastic, episode by episode:\n {2}rnn +\+10\.00? % +\+10\.00? % to \+10\.00? % +1 seed x 4 episodes\n/,
      );
      // Of four differences, two by two alike, each end has a chance of 1/16.
      const uneven = await pairingOf(both(1, [0, 0.2]));
      expect(uneven).toMatchObject({ low: expect.closeTo(0, 9), high: expect.closeTo(0.2, 9) });
    });

    test("takes runs whose episodes are not all known seed by seed", async () => {
      const paths = [...both(2, [0.1]), ...both(3, [0.1])];
      const old = tested("e3-rnn-old", "rnn", 3, { error: 0.35, episodes: 4 });
      expect(await pairingOf([...paths.slice(0, 3), old])).not.toHaveProperty("episodes");
    });

    test("is what train leaves, in the order of the episodes", async () => {
      const made = run("scored");
      const flags = ["--bits", "8", "--episodes", "2", "--no-figures", "--threads", "1", "--out", made];
      expect((await call(["train", "patterns-small", ...flags])).code).toBe(0);
      const text = readFileSync(join(made, "result.json"), "utf8");
      const { evaluation, scores } = JSON.parse(text);
      expect(scores).toHaveLength(evaluation.episodes);
      expect(scores.reduce((a: number, b: number) => a + b) / scores.length).toBeCloseTo(
        evaluation.error,
        12,
      );
      // One line for all of them.
      expect(text.split("\n").length).toBeLessThan(20);
    });
  });

  test("takes kinds of episode for groups, each resampled by itself", async () => {
    const kinds = (error: number) => ({ error, "error.easy": error - 0.05, "error.hard": error + 0.05 });
    const paths = [0.1, 0.2, 0.3].map((error, seed) => tested(`k-${seed}`, "plastic", seed, kinds(error)));
    const { byKind, ...all } = JSON.parse((await call(["compare", ...paths, "--json"])).out).conditions[0]
      .aggregate;
    expect(all.interquartileMean).toBeCloseTo(0.2, 9);
    // Of 0.05, 0.15, 0.15, 0.25, 0.25, 0.35 one is left out at either end.
    expect(byKind).toMatchObject({ kinds: 2, interquartileMean: expect.closeTo(0.2, 9) });
    expect(byKind.high - byKind.low).toBeLessThan(all.high - all.low);
    expect((await call(["compare", ...paths])).out).toContain("3 runs x 2 kinds of episode");
  });

  test("does not take runs with other pictures for other seeds", async () => {
    const paths = ["a", "b"].map((data, seed) =>
      tested(`d-${data}`, "plastic", seed, { error: 0.1 }, { data }),
    );
    const { conditions } = JSON.parse((await call(["compare", ...paths, "--json"])).out);
    expect(conditions.map(({ label }: { label: string }) => label)).toEqual(["data a", "data b"]);
    const same = ["1", "2"].map((dataFingerprint, seed) =>
      tested(`f-${dataFingerprint}`, "plastic", seed, { error: 0.1 }, { data: "a", dataFingerprint }),
    );
    const { out } = await call(["compare", ...same]);
    expect(out).toContain("fingerprint 1 ");
    expect(out).toContain("fingerprint 2 ");
  });

  test("prints a row for each run with --csv, options and test in columns of their own", async () => {
    const out = run("table");
    const paths = [
      tested("c-0", "plastic", 0, { error: 0.125, secondHalf: { intact: 1 } }),
      tested("c, 1", "rnn", 1, { error: 0.5 }),
    ];
    const { out: text, code } = await call(["compare", ...paths, "--csv", "--threshold", "0.1"]);
    expect(code).toBe(0);
    const [header, first, second, ...rest] = text.split("\n");
    expect(rest).toEqual([""]);
    const names = header!.split(",");
    expect(names.slice(0, 5)).toEqual(["folder", "condition", "seed", "trainedEpisodes", "reached"]);
    const cell = (row: string, name: string) => row.split(",")[names.indexOf(name)];
    expect(cell(first!, "option.bits")).toBe("4");
    expect(cell(first!, "test.error")).toBe("0.125");
    expect(cell(first!, "test.secondHalf.intact")).toBe("1");
    expect(second!.startsWith(`"${paths[1]}",rnn,1,40,,`)).toBe(true);
    await call(["compare", ...paths, "--threshold", "0.1", "--out", out, "--no-figures"]);
    expect(readFileSync(join(out, "comparison.csv"), "utf8")).toBe(text);
    expect(readdirSync(out).sort()).toEqual(["comparison.csv", "comparison.json"]);
    expect(await call(["compare", ...paths, "--csv", "--json"])).toMatchObject({ code: 2, out: "" });
  });

  test("has columns as wide as the longest name, however long that is", async () => {
    const paths = [0, 1].map((k) =>
      tested(`w-${k}`, "plastic", 10 ** k, { error: 0.1 }, { data: `${"long".repeat(12 * k)}${k}` }),
    );
    const lines = (await call(["compare", ...paths])).out
      .split("\n")
      .filter((line) => line.includes(" seed "));
    expect(new Set(lines.map((line) => line.indexOf(" seed "))).size).toBe(1);
    expect(new Set(lines.map((line) => line.indexOf(" episodes"))).size).toBe(1);
  });

  test("refuses a run that is given twice, also by another name", async () => {
    const again = join(run("rnn-0"), "..", "rnn-0");
    const { code, err } = await call(["compare", run("rnn-0"), again]);
    expect(code).toBe(2);
    expect(err).toContain("is given twice; leave one of the two out");
  });

  test.each(["-1", "1.5"])("refuses the threshold %s, which no share can reach", async (threshold) => {
    const { code, err, out } = await call(["compare", run("rnn-0"), `--threshold=${threshold}`]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`--threshold: error is a share from 0 to 1, got ${threshold}; 1 % is 0.01`);
  });

  test("refuses more curves than a figure has room for, and prints the table all the same", async () => {
    const many = Array.from({ length: 7 }, (_, k) => run(`lr-${k}`));
    many.forEach((path, k) => {
      cpSync(run("rnn-0"), path, { recursive: true });
      const config = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
      config.options.lr = 0.001 * (k + 1);
      writeFileSync(join(path, "config.json"), JSON.stringify(config));
    });
    const { code, err } = await call(["compare", ...many, "--out", run("crowd")]);
    expect(code).toBe(2);
    expect(err).toContain("room for 6 curves, got 7 kinds of runs");
    expect(err).toContain("or add --no-figures");
    expect((await call(["compare", ...many])).code).toBe(0);
    expect((await call(["compare", ...many, "--out", run("crowd"), "--no-figures"])).code).toBe(0);
  });

  test("refuses runs of different experiments", async () => {
    const other = run("patterns");
    const flags = ["--bits", "4", "--episodes", "1", "--threads", "1", "--no-figures", "--out", other];
    await call(["train", "patterns", ...flags]);
    const { code, err } = await call(["compare", run("rnn-0"), other]);
    expect(code).toBe(2);
    expect(err).toContain("expected runs of one experiment, got patterns-small and patterns");
  });
});
