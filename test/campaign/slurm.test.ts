import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasSlurm, startCluster, type TestCluster } from "../support/slurm.js";
import { until } from "../support/waiting.js";
import { plainCli } from "./runs.js";

const [RUNS, LARGEST_ARRAY] = [5, 3];
const isHere = hasSlurm();

const folder = mkdtempSync(join(tmpdir(), "hebbian-slurm-"));
let cli: Awaited<ReturnType<typeof plainCli>>;
let cluster: TestCluster | null = null;
let why = "there is no Slurm";
const living = new Set<ChildProcess>();
beforeAll(async () => {
  if (!isHere) return;
  cli = await plainCli();
  try {
    cluster = await startCluster(join(folder, "cluster"), LARGEST_ARRAY);
  } catch (error) {
    // A container may forbid what the daemons do: that says nothing of what is tested here.
    why = `Slurm does not start here: ${(error as Error).message}`;
    console.warn(`not run: ${why}`);
  }
}, 240_000);
afterAll(async () => {
  const ends = [...living].map((child) => new Promise((resolve) => child.on("close", resolve)));
  for (const child of living) child.kill("SIGKILL");
  await Promise.all(ends);
  if (cluster) {
    const { ask, end } = cluster;
    try {
      ask("scancel", "--me");
      await until("all jobs to end", () => ask("squeue", "--noheader").trim() === "", 20);
    } finally {
      await end();
    }
  }
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const task = ["--set", "bits=10", "--set", "patterns=1", "--episodes", "1000"];
const RESULTS = ["metrics.jsonl", "metrics.csv", "model.safetensors", "result.json", "config.json"];

it("a sweep on Slurm whose coordinator is killed and whose tasks are preempted leaves each run once, as it is alone", async ({
  skip,
}) => {
  if (!cluster) return skip(why);
  const { env, ask, hurry } = cluster;
  const out = join(folder, "sweep");
  const start = (words: readonly string[]) => {
    const child = spawn(process.execPath, [cli.main, ...words], { stdio: "ignore", env });
    living.add(child);
    const end = new Promise<number | null>((resolve) => child.on("close", resolve)).finally(() =>
      living.delete(child),
    );
    return { child, end };
  };
  const sweep = () => {
    const where = ["--out", out, "--slurm", "--slurm-option", "partition=low"];
    return start(["sweep", "patterns-small", ...task, "--seeds", String(RUNS), ...where]);
  };
  const squeue = (format: string, ...words: string[]) =>
    ask("squeue", "--noheader", "--array", `--format=${format}`, ...words)
      .trim()
      .split("\n")
      .filter(Boolean);
  const isBegun = () => {
    const attempts = join(out, "slurm/attempts");
    return existsSync(attempts) && readdirSync(attempts).length > 0;
  };

  const first = sweep();
  await until("a run to begin", isBegun);
  first.child.kill("SIGKILL");
  await first.end;
  const arrays = readdirSync(join(out, "slurm")).filter((name) => name.endsWith(".json"));
  expect(arrays).toHaveLength(Math.ceil(RUNS / LARGEST_ARRAY));
  // A more important job wants the whole machine.
  ask("sbatch", "--partition=high", "--exclusive", "--output=/dev/null", "--wrap=true");
  await until("a task to be put back", () =>
    /Restarts=[1-9]/.test(ask("scontrol", "show", "job", "--oneliner")),
  );
  const second = sweep();
  await until(
    "the sweep to end",
    () => {
      hurry();
      return !living.has(second.child);
    },
    300,
  );
  expect(await second.end).toBe(0);

  expect(squeue("%i", "--partition=low")).toEqual([]);
  // Nothing was asked for twice.
  expect(readdirSync(join(out, "slurm")).filter((name) => name.endsWith(".json"))).toEqual(arrays);
  const names = readdirSync(join(out, "runs")).filter((name) => !name.startsWith("."));
  expect(names).toHaveLength(RUNS);
  expect(readdirSync(join(out, "slurm/attempts"))).toEqual([]);
  for (const run of [0, RUNS - 1]) {
    const alone = join(folder, `alone-${run}`);
    const flags = ["--seed", String(run), "--threads", "1", "--no-figures", "--out", alone];
    expect(await start(["train", "patterns-small", ...task, ...flags]).end).toBe(0);
    const name = names.find((each) => each.includes(`-seed${run}-`))!;
    for (const file of RESULTS) {
      expect([file, readFileSync(join(out, "runs", name, file), "utf8")]).toEqual([
        file,
        readFileSync(join(alone, file), "utf8"),
      ]);
    }
  }
});
