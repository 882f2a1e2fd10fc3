import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { random } from "../../src/tasks/index.js";
import { seed } from "../support/seed.js";
import { freePort, until } from "../support/waiting.js";
import { plainCli } from "./runs.js";

/** `HEBBIAN_SWEEP_RUNS=300 HEBBIAN_SWEEP_KILLS=50 HEBBIAN_SWEEP_WORKERS=4` is the long one. */
const RUNS = Number(process.env.HEBBIAN_SWEEP_RUNS ?? 6);
const KILLS = Number(process.env.HEBBIAN_SWEEP_KILLS ?? 6);
const WORKERS = Number(process.env.HEBBIAN_SWEEP_WORKERS ?? 2);
/** Those that are compared with the same run alone. */
const COMPARED = Array.from({ length: RUNS }, (_, k) => k).filter((k) => k % 30 === 0 || k === RUNS - 1);
/** Milliseconds, on a machine with much other work. */
const PATIENCE = 500_000 + 20_000 * RUNS;
/** Seconds that something may take on it. */
const PATIENT = 180;

const hasServer = (() => {
  try {
    execFileSync("nats-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    console.log("not run: there is no nats-server (apt-get install nats-server)");
    return false;
  }
})();

const folder = mkdtempSync(join(tmpdir(), "hebbian-nats-"));
let cli: Awaited<ReturnType<typeof plainCli>>;
const living = new Set<ChildProcess>();
beforeAll(async () => {
  console.log(`NATS: HEBBIAN_SEED=${seed}`);
  cli = await plainCli();
}, 60_000);
afterAll(async () => {
  for (const child of living) child.kill("SIGKILL");
  await Promise.all([...living].map((child) => new Promise((resolve) => child.on("close", resolve))));
  cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, argv: readonly string[]): ChildProcess {
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "ignore"] });
  living.add(child);
  child.on("close", () => living.delete(child));
  printed.set(child, "");
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    printed.set(child, printed.get(child)! + text);
  });
  return child;
}
/** What a process has said so far. */
const printed = new WeakMap<ChildProcess, string>();
const main = (words: readonly string[]) => start(process.execPath, [cli.main, ...words]);
const serve = (port: number, store: string) =>
  start("nats-server", ["-js", "-a", "127.0.0.1", "-p", String(port), "-sd", store]);
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on("close", (code) => resolve(code)));

const task = ["--set", "bits=10", "--set", "patterns=1", "--episodes", "600"];
const RESULTS = ["metrics.jsonl", "metrics.csv", "model.safetensors", "result.json", "config.json"];

/** Compares a run's folder with what the same run leaves alone, byte by byte. */
async function expectAsAlone(path: string, run: number, words = task): Promise<void> {
  const alone = mkdtempSync(join(folder, "alone-"));
  const flags = ["--seed", String(run), "--threads", "1", "--no-figures", "--out", alone];
  expect(await ended(main(["train", "patterns-small", ...words, ...flags]))).toBe(0);
  for (const file of RESULTS) {
    expect([file, readFileSync(join(path, file), "utf8")]).toEqual([
      file,
      readFileSync(join(alone, file), "utf8"),
    ]);
  }
}

it.runIf(hasServer)(
  `a sweep on NATS whose coordinator, workers and server are killed ${KILLS} times leaves each run once, as it is alone`,
  { timeout: PATIENCE },
  async () => {
    const port = await freePort();
    const nats = `nats://127.0.0.1:${port}`;
    const out = join(folder, "sweep");
    const lease = ["--lease", "4"];
    const work = (k: number) => main(["work", "--nats", nats, "--out", join(folder, `work-${k}`), ...lease]);
    const sweep = () =>
      main([
        "sweep",
        "patterns-small",
        ...task,
        "--seeds",
        String(RUNS),
        "--out",
        out,
        "--nats",
        nats,
        ...lease,
      ]);

    let server = serve(port, join(folder, "js"));
    const workers = Array.from({ length: WORKERS }, (_, k) => work(k));
    let coordinator = sweep();
    let code: number | null = null;
    let kills = 0;
    const dice = random(seed, "kills on NATS", 0);
    const patience = Date.now() + PATIENCE;
    const isDead = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
    while (code !== 0 && Date.now() < patience) {
      await new Promise((resolve) => setTimeout(resolve, kills < KILLS ? 300 + 3000 * dice.uniform() : 300));
      if (kills < KILLS) {
        const draw = dice.uniform();
        const victim = draw < 0.25 ? server : draw < 0.5 ? coordinator : workers[dice.integer(WORKERS)]!;
        if (!isDead(victim)) {
          victim.kill("SIGKILL");
          await ended(victim);
          kills++;
        }
      }
      if (coordinator.exitCode === 0) code = 0;
      else if (isDead(coordinator)) coordinator = sweep();
      if (isDead(server)) server = serve(port, join(folder, "js"));
      for (let k = 0; k < WORKERS; k++) if (isDead(workers[k]!)) workers[k] = work(k);
    }
    expect(code).toBe(0);
    const names = readdirSync(join(out, "runs")).filter((name) => !name.startsWith("."));
    expect(names).toHaveLength(RUNS);
    for (const run of COMPARED) {
      await expectAsAlone(join(out, "runs", names.find((each) => each.includes(`-seed${run}-`))!), run);
    }
    console.log(`NATS: ${kills} kills, ${RUNS} runs`);
  },
);

it.runIf(hasServer)(
  "a worker on NATS that comes back after its lease has ended changes nothing of what another has done meanwhile",
  { timeout: 600_000 },
  async () => {
    const port = await freePort();
    const nats = ["--nats", `nats://127.0.0.1:${port}`, "--lease", "2"];
    const words = ["--set", "bits=10", "--set", "patterns=1", "--episodes", "3000"];
    serve(port, join(folder, "leases"));
    const work = (name: string) => main(["work", ...nats, "--out", join(folder, name)]);
    const sweep = (name: string, seed: number) => {
      const where = ["--seeds", `${seed}..${seed}`, "--out", join(folder, name), ...nats];
      return main(["sweep", "patterns-small", ...words, ...where]);
    };
    const isDone = (worker: ChildProcess) => / done\n/.test(printed.get(worker)!);
    // A worker that was faster than we are to stop it proves nothing: another run, then.
    for (let seed = 0; seed < 5; seed++) {
      const slow = work(`slow-${seed}`);
      const coordinator = sweep(`leases-${seed}`, seed);
      const runs = join(folder, `slow-${seed}`, "runs");
      await until("a run to begin", () => existsSync(runs) && readdirSync(runs).length > 0, PATIENT);
      slow.kill("SIGSTOP");
      const other = work(`other-${seed}`);
      const end = ended(coordinator);
      expect(await end).toBe(0);
      const wasFaster = !isDone(other) && isDone(slow);
      if (!wasFaster) await until("the other worker to say so", () => isDone(other), PATIENT);
      const [name] = readdirSync(join(folder, `leases-${seed}`, "runs"));
      await expectAsAlone(join(folder, `leases-${seed}`, "runs", name!), seed, words);
      slow.kill("SIGCONT");
      await until("the slow worker to end its run", () => isDone(slow), PATIENT);
      other.kill("SIGKILL");
      slow.kill("SIGKILL");
      await Promise.all([ended(other), ended(slow)]);
      if (wasFaster) continue;
      expect(printed.get(slow)).toContain(`${name}: done`);
      expect(existsSync(join(runs, name!))).toBe(false);
      // Nobody works any more, and the server has the result still: the one there was, in each of its files.
      expect(await ended(sweep("again", seed))).toBe(0);
      const [first, again] = [`leases-${seed}`, "again"].map((sweep) => join(folder, sweep, "runs", name!));
      for (const file of readdirSync(first!)) {
        expect([file, readFileSync(join(again!, file), "base64")]).toEqual([
          file,
          readFileSync(join(first!, file), "base64"),
        ]);
      }
      return;
    }
    throw new Error("the first worker was always faster");
  },
);
