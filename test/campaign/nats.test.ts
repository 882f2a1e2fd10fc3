import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { random } from "../../src/tasks/index.js";
import { seed } from "../support/seed.js";
import { plainCli } from "./runs.js";

/** `HEBBIAN_SWEEP_RUNS=300 HEBBIAN_SWEEP_KILLS=50 HEBBIAN_SWEEP_WORKERS=4` is the long one. */
const RUNS = Number(process.env.HEBBIAN_SWEEP_RUNS ?? 6);
const KILLS = Number(process.env.HEBBIAN_SWEEP_KILLS ?? 6);
const WORKERS = Number(process.env.HEBBIAN_SWEEP_WORKERS ?? 2);

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
  const child = spawn(command, argv, { stdio: "ignore" });
  living.add(child);
  child.on("close", () => living.delete(child));
  return child;
}
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on("close", (code) => resolve(code)));

/** A port that nobody listens at. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const task = ["--set", "bits=10", "--set", "patterns=1", "--episodes", "600"];
const RESULTS = ["metrics.jsonl", "metrics.csv", "model.safetensors", "result.json", "config.json"];

it.runIf(hasServer)(
  `a sweep on NATS whose coordinator, workers and server are killed ${KILLS} times leaves each run once, as it is alone`,
  async () => {
    const port = await freePort();
    const nats = `nats://127.0.0.1:${port}`;
    const out = join(folder, "sweep");
    const serve = () =>
      start("nats-server", ["-js", "-a", "127.0.0.1", "-p", String(port), "-sd", join(folder, "js")]);
    const main = (words: readonly string[]) => start(process.execPath, [cli.main, ...words]);
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

    let server = serve();
    const workers = Array.from({ length: WORKERS }, (_, k) => work(k));
    let coordinator = sweep();
    let code: number | null = null;
    let kills = 0;
    const dice = random(seed, "kills on NATS", 0);
    const patience = Date.now() + 500_000;
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
      if (isDead(server)) server = serve();
      for (let k = 0; k < WORKERS; k++) if (isDead(workers[k]!)) workers[k] = work(k);
    }
    expect(code).toBe(0);
    const names = readdirSync(join(out, "runs")).filter((name) => !name.startsWith("."));
    expect(names).toHaveLength(RUNS);
    for (const run of [0, RUNS - 1]) {
      const alone = join(folder, `alone-${run}`);
      const flags = ["--seed", String(run), "--threads", "1", "--no-figures", "--out", alone];
      expect(await ended(main(["train", "patterns-small", ...task, ...flags]))).toBe(0);
      const name = names.find((each) => each.includes(`-seed${run}-`))!;
      for (const file of RESULTS) {
        expect([file, readFileSync(join(out, "runs", name, file), "utf8")]).toEqual([
          file,
          readFileSync(join(alone, file), "utf8"),
        ]);
      }
    }
    console.log(`NATS: ${kills} kills, ${RUNS} runs`);
  },
);
