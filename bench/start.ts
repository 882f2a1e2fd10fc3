import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { machineHere } from "./machine.js";
import { median } from "./statistics.js";

/**
 * `npm run bench:start`: what `npm start` takes on WebAssembly, and on the native device with an empty and with a full cache of
 * compiled kernels: until the first episode is trained, and to the end. All take turns.
 */

const options = new Command("start")
  .description("Measures how long a run takes to start, and to its end, on wasm and on the native device.")
  .option("--experiment <name>", "what is trained", "patterns")
  .option("--episodes <n>", "training episodes; the experiment's own number unless given", Number)
  .option("--rounds <n>", "rounds of all three in turn", Number, 5)
  .option(
    "--first",
    "ends each run once its first episode is trained: how it starts, not what it takes in all",
  )
  .option("--out <file>", "write the JSON to a file too")
  .parse()
  .opts<{ experiment: string; episodes?: number; rounds: number; first?: true; out?: string }>();

const main = join(dirname(fileURLToPath(import.meta.url)), "..", "cli", "main.js");

interface Times {
  /** Milliseconds until the first episode was trained, and until the process ended. */
  readonly first: number;
  readonly all: number;
}

async function timed(device: string, cache: string): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-start-"));
  const begun = performance.now();
  const argv = ["train", options.experiment, "--device", device, "--json", "--out", join(folder, "run")];
  const more = options.episodes === undefined ? [] : ["--episodes", String(options.episodes)];
  const child = spawn(process.execPath, [main, ...argv, ...more], {
    env: { ...process.env, XDG_CACHE_HOME: cache },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    let first = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (first > 0 || JSON.parse(line).type !== "episode") continue;
      first = performance.now() - begun;
      if (options.first) child.kill("SIGKILL");
    }
    const code = await ended;
    if (code !== 0 && !options.first) throw new Error(`start: hebbian ${argv.join(" ")} ended with ${code}`);
    return { first, all: performance.now() - begun };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const caches = mkdtempSync(join(tmpdir(), "hebbian-start-"));
const full = join(caches, "full");
const kinds: Readonly<Record<string, () => Promise<Times>>> = {
  wasm: () => timed("wasm", full),
  "native, empty cache": async () => {
    const empty = mkdtempSync(join(caches, "empty-"));
    return timed("native", empty);
  },
  "native, full cache": () => timed("native", full),
};
const times: Record<string, Times[]> = {};
try {
  await timed("native", full);
  for (let round = 0; round < options.rounds; round++) {
    for (const [kind, run] of Object.entries(kinds)) {
      times[kind] ??= [];
      times[kind].push(await run());
    }
  }
} finally {
  rmSync(caches, { recursive: true, force: true });
}
const results = Object.fromEntries(
  Object.entries(times).map(([kind, all]) => [
    kind,
    {
      firstEpisodeMs: Math.round(median(all.map(({ first }) => first))),
      ...(!options.first && { allMs: Math.round(median(all.map((each) => each.all))) }),
    },
  ]),
);
const { experiment, episodes, rounds } = options;
const report = JSON.stringify({ ...machineHere(), experiment, episodes, rounds, results }, null, 2);
if (options.out !== undefined) writeFileSync(options.out, `${report}\n`);
console.log(report);
