import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheFolder } from "../../src/devices/native/cache.js";
import { compilerHere, emptyCache, testCache } from "../support/nativeHere.js";
import { runs } from "../support/runs.js";
import { transpiledCli } from "../support/transpiledCli.js";

/** Processes at once, of two threads each: more only wait for each other. */
const side = Math.max(1, Math.floor(availableParallelism() / 2));

/** Trains a few batches of an experiment on two threads and prints a digest of parameters and moments. */
const trains = `
import { createHash } from "node:crypto";
import { init } from "./src/devices/init.js";
import { experiments } from "./src/experiments/index.js";
import { run, encodeCheckpoint } from "./src/training/index.js";
import { loadData } from "./cli/data.js";
const { name, data, options, episodes } = JSON.parse(process.argv[2]);
const experiment = experiments[name];
const images = data ? loadData(experiment, data) : null;
const device = await init({ device: "native", threads: 2 });
let last;
for await (const event of run(experiment, { device, seed: 5, episodes, options, images }))
  if (event.type === "checkpoint") last = event.checkpoint;
console.log(createHash("sha256").update(encodeCheckpoint(last, {})).digest("hex"));
await device.dispose();
`;

/** Computes a loss and a gradient on the device it is told, and prints them. */
const computes = `
import { init, decayingHebb, defineMap, map, PlasticRnn, sum, Tape } from "./src/index.js";
import { live } from "./src/training/episode.js";
import { random } from "./src/tasks/index.js";
const device = await init({ device: "native", threads: 2 });
const neurons = 200;
const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
const tape = new Tape(device, 1);
const inputs = random(0, "inputs", 0).fillNormal(new Float32Array(8 * neurons), 1);
const { outputs } = live(tape, network, inputs);
const loss = sum(tape, map(tape, defineMap(["y"], { e: "y * y" }), [outputs.at(-1)])[0]);
tape.backward(loss);
const grads = network.parameters.map((p) => [...device.read(p.grad).slice(0, 5)]);
console.log(JSON.stringify([device.info.kind, device.info.threads, device.read(loss.value)[0], grads]));
await device.dispose();
`;

/** Compiles the runtime and a kernel of its own version, runs it, and prints what it wrote. */
const versioned = `
import { Objects } from "./src/devices/native/objects.js";
import { findCompiler } from "./src/devices/native/compiler.js";
import { loadRuntime } from "./src/devices/native/runtime.js";
const { env } = process;
const objects = new Objects(findCompiler(env), { env, lanes: 1 });
const runtime = loadRuntime(objects);
const engine = runtime.open(2 ** 26, 1);
runtime.grow(engine, 2 ** 20);
const words = new BigInt64Array(runtime.window(engine, 0, 2 ** 20));
const text = \`
#include <stdint.h>
__attribute__((visibility("default"))) void mark(int64_t args, int64_t from, int64_t to, int64_t thread) {
  *(int64_t *)args = \${process.argv[2]} + from + to + thread;
}\`;
objects.provide([{ text, flags: ["-O1"] }], (path) => runtime.load(engine, 1, path, "mark"));
const at = runtime.start(engine);
// One stage, for one thread, of one command: kernel 1, its arguments at the start of memory, extent 0.
[1, 0, 1, 1, 1, 1, at, 0, 0].forEach((word, i) => { words[128 + i] = BigInt(word); });
runtime.run(engine, at + 1024, false);
console.log(objects.uncached ?? Number(words[0]));
runtime.close(engine);
`;

let cli: Awaited<ReturnType<typeof transpiledCli>>;
let root: string;
beforeAll(async () => {
  cli = await transpiledCli();
  root = dirname(dirname(cli.main));
  for (const [name, text] of Object.entries({ trains, computes, versioned }))
    writeFileSync(join(root, `${name}.mjs`), text);
});
afterAll(() => cli.remove());

/** What a program prints; rejects with what it complains of. */
function output(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout!.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr!.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new Error(`${program} ended with ${code}: ${err}`));
    });
  });
}

/** The same program so often, a few at once. */
async function repeated(
  times: number,
  atOnce: number,
  once: (i: number) => Promise<string>,
): Promise<string[]> {
  const results: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < times; i = next++) results[i] = await once(i);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

describe.skipIf(!compilerHere)("on the native device", () => {
  test.each([
    { name: "maze-9", data: null, options: { neurons: 20, batch: 6, steps: 30 }, episodes: 18 },
    { name: "images", data: "procedural", options: { images: 2, stepsOn: 6, testSteps: 6 }, episodes: 2 },
  ])("runs of $name leave the same bits, however often", async (what) => {
    const program = [join(root, "trains.mjs"), JSON.stringify(what)];
    const digests = await repeated(runs(20), side, () => output(process.execPath, program, testCache()));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests)).toEqual(new Set([digests[0]]));
  });

  test("64 processes of two versions that begin at once share a cache, and each runs its own kernels", async () => {
    const cache = emptyCache();
    try {
      const results = await repeated(64, 64, (i) =>
        output(process.execPath, [join(root, "versioned.mjs"), String(1 + (i % 2))], cache.env),
      );
      expect(results).toEqual(results.map((_, i) => String(1 + (i % 2))));
      const objects = readdirSync(cacheFolder(cache.env)!);
      expect(objects.filter((name) => !/^[0-9a-f]{64}-[0-9a-f]{64}\.so$/.test(name))).toEqual([]);
      // The runtime, and a kernel of each version; compilers need not write the same bytes twice.
      const keys = new Set(objects.map((name) => name.slice(0, 64)));
      expect(keys.size).toBe(3);
    } finally {
      cache.remove();
    }
  });

  describe.each([
    { runtime: "bun", args: ["run"] },
    { runtime: "deno", args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"] },
  ])("$runtime", ({ runtime, args }) => {
    test("computes what Node computes, to the last bit", async ({ skip }) => {
      const program = await installed(runtime);
      if (!program.path) return skip(program.why);
      const script = join(root, "computes.mjs");
      const expected = await output(process.execPath, [script], testCache());
      expect(JSON.parse(expected).slice(0, 2)).toEqual(["native", 2]);
      expect(await output(program.path, [...args, script], testCache())).toBe(expected);
    });
  });
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The npm package of a runtime, which carries its binary, in a temporary folder; or why it cannot be had. */
async function installed(name: string): Promise<{ path: string | null; why: string }> {
  const folder = mkdtempSync(join(tmpdir(), `hebbian-${name}-`));
  folders.push(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const why = await new Promise<string>((resolve) => {
    const command = ["install", "--no-audit", "--no-fund", "--loglevel=error", name];
    execFile("npm", command, { cwd: folder, timeout: 300_000 }, (error) =>
      resolve(error ? error.message : ""),
    );
  });
  const path = join(folder, "node_modules", ".bin", name);
  if (why === "" && existsSync(path)) return { path, why };
  const line = why.split("\n").find((text) => /npm (error|ERR!)/.test(text)) ?? why.split("\n")[0];
  return { path: null, why: `${name} could not be installed: ${line || "its package has no program"}` };
}
