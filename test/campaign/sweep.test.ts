import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { random } from "../../src/tasks/index.js";
import { seed } from "../support/seed.js";
import { plainCli } from "./runs.js";

/**
 * Runs, and how often one of the processes is killed. `HEBBIAN_SWEEP_RUNS=300 HEBBIAN_SWEEP_KILLS=50 HEBBIAN_SWEEP_WORKERS=4` is
 * the long one.
 */
const RUNS = Number(process.env.HEBBIAN_SWEEP_RUNS ?? 8);
const KILLS = Number(process.env.HEBBIAN_SWEEP_KILLS ?? 8);
const WORKERS = Number(process.env.HEBBIAN_SWEEP_WORKERS ?? 2);
/** Those that are compared with the same run alone. */
const COMPARED = Array.from({ length: RUNS }, (_, k) => k).filter((k) => k % 30 === 0 || k === RUNS - 1);
/** Milliseconds, on a machine with much other work. */
const PATIENCE = 500_000 + 20_000 * RUNS;

const folder = mkdtempSync(join(tmpdir(), "hebbian-sweeps-"));
let cli: Awaited<ReturnType<typeof plainCli>>;
beforeAll(async () => {
  console.log(`sweep: HEBBIAN_SEED=${seed}`);
  cli = await plainCli();
}, 60_000);
afterAll(() => {
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const task = ["--set", "bits=10", "--set", "patterns=1", "--episodes", "600"];
const RESULTS = ["metrics.jsonl", "metrics.csv", "model.safetensors", "result.json", "config.json"];

/** The processes that a process has started, as far as they live. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on("close", (code) => resolve(code)));

it(`a sweep whose coordinator and workers are killed ${KILLS} times leaves each run once, as it is alone`, {
  timeout: PATIENCE,
}, async () => {
  const out = join(folder, "sweep");
  const words = [
    "sweep",
    "patterns-small",
    ...task,
    "--seeds",
    String(RUNS),
    "--workers",
    String(WORKERS),
    "--out",
    out,
  ];
  const start = () => spawn(process.execPath, [cli.main, ...words], { stdio: "ignore" });
  const dice = random(seed, "kills of a sweep", 0);
  let kills = 0;
  let code: number | null = null;
  for (let round = 0; code !== 0 && round < 4 * KILLS + 20; round++) {
    const coordinator = start();
    const end = ended(coordinator);
    let alive = true;
    end.then(() => {
      alive = false;
    });
    while (alive && kills < KILLS) {
      await new Promise((resolve) => setTimeout(resolve, 200 + 1500 * dice.uniform()));
      const workers = childrenOf(coordinator.pid!);
      const victim =
        dice.uniform() < 0.4 || workers.length === 0
          ? coordinator.pid!
          : workers[dice.integer(workers.length)]!;
      if (!alive) break;
      try {
        process.kill(victim, "SIGKILL");
        kills++;
      } catch {
        // It has just ended by itself.
      }
      if (victim === coordinator.pid) break;
    }
    code = await end;
  }
  expect(code).toBe(0);
  expect(kills).toBeGreaterThan(0);
  const names = readdirSync(join(out, "runs"));
  expect(names).toHaveLength(RUNS);
  // A few of them alone, and compared byte by byte.
  for (const run of COMPARED) {
    const alone = join(folder, `alone-${run}`);
    const flags = ["--seed", String(run), "--threads", "1", "--no-figures", "--out", alone];
    const train = ["train", "patterns-small", ...task, ...flags];
    expect(await ended(spawn(process.execPath, [cli.main, ...train], { stdio: "ignore" }))).toBe(0);
    const name = names.find((each) => each.includes(`-seed${run}-`))!;
    for (const file of RESULTS) {
      expect([file, readFileSync(join(out, "runs", name, file), "utf8")]).toEqual([
        file,
        readFileSync(join(alone, file), "utf8"),
      ]);
    }
  }
  console.log(`sweep: ${kills} kills, ${RUNS} runs`);
});
