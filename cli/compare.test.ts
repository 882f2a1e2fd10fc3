import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../test/support/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-compare-"));
const run = (name: string) => join(folder, name);

/** A run folder whose error falls from 0.25 by `slope` an episode. */
async function make(name: string, network: string, seed: number, slope: number): Promise<void> {
  const flags = ["--network", network, "--seed", String(seed), "--bits", "4", "--episodes", "1"];
  const made = await call(["train", "patterns-small", ...flags, "--threads", "1", "--out", run(name)]);
  expect(made.err).toBe("");
  const lines = Array.from({ length: 40 }, (_, k) => ({ episode: k + 1, error: 0.25 - slope * (k + 1) }));
  writeFileSync(join(run(name), "metrics.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
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
    expect((await call(["compare", ...many])).code).toBe(0);
  });

  test("refuses runs of different experiments", async () => {
    const other = run("patterns");
    const flags = ["--bits", "4", "--episodes", "1", "--threads", "1", "--out", other];
    await call(["train", "patterns", ...flags]);
    const { code, err } = await call(["compare", run("rnn-0"), other]);
    expect(code).toBe(2);
    expect(err).toContain("expected runs of one experiment, got patterns-small and patterns");
  });
});
