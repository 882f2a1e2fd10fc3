import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Problem, readProblem } from "../problem.js";

/** A network under training, in a peer that runs on Node. */
export interface Trainer {
  /** What measured it, for people: library, version, threads it really used. */
  readonly about: string;
  /** Loss and gradients by parameter name, without a step of Adam. */
  gradients(): Promise<{ loss: number; gradients: Readonly<Record<string, ArrayLike<number>>> }>;
  /** So many full training steps; resolves when all of them are done. */
  train(steps: number): Promise<void>;
  /** Milliseconds of the latest `train` that environments and sampling took, where there are any. */
  worldMs?(): number;
}

/** V8 optimises a kernel only after some hundred calls or some tenths of a second. */
const WARM_UP_MS = 1000;

/** Runs a peer on Node under the line protocol of bench/peer.ts, until `quit`. */
export async function serve(
  name: string,
  start: (problem: Problem, threads: number | "auto", device: string) => Promise<Trainer>,
) {
  const { values } = parseArgs({
    options: {
      problem: { type: "string" },
      threads: { type: "string", default: "1" },
      check: { type: "string" },
      // Of ours only.
      device: { type: "string", default: "wasm" },
    },
  });
  if (values.problem === undefined) throw new Error(`${name}: --problem DIRECTORY is missing`);
  const threads = values.threads === "auto" ? "auto" : Number(values.threads);
  const trainer = await start(readProblem(values.problem), threads, values.device);
  if (values.check !== undefined) return check(trainer, values.check);

  const until = performance.now() + WARM_UP_MS;
  do await trainer.train(1);
  while (performance.now() < until);
  console.log(`ready ${JSON.stringify({ name, about: trainer.about, threads })}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, count] = line.split(" ");
    if (word === "quit") break;
    const steps = Number(count);
    const begun = performance.now();
    await trainer.train(steps);
    const ms = performance.now() - begun;
    const worldMs = trainer.worldMs?.();
    console.log(
      JSON.stringify({ ms: ms / steps, ...(worldMs !== undefined && { worldShare: worldMs / ms }) }),
    );
  }
  console.log(JSON.stringify({ peakMB: peakMB() }));
  process.exit();
}

async function check(trainer: Trainer, directory: string) {
  const { loss, gradients } = await trainer.gradients();
  for (const [name, data] of Object.entries(gradients)) {
    writeFileSync(join(directory, `${name}.f32`), Float32Array.from(data));
  }
  await trainer.train(2);
  console.log(JSON.stringify({ loss, trained: (await trainer.gradients()).loss }));
  process.exit();
}

/** The largest amount of memory that the process ever held, as the kernel counts it (Linux), else as V8 does. */
function peakMB(): number {
  try {
    const line = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
    return Number(line![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
