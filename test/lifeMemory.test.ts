import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** What a process says that begins `lives` of a model, shows one of every hundred a step, and keeps them all. */
interface Kept {
  /** Bytes of the whole process, before and with the lives. */
  readonly before: number;
  readonly after: number;
  /** Milliseconds for each `begin`, the slowest tenth left out. */
  readonly begin: number;
  readonly snapshot: number;
}

let folder: string;
beforeAll(async () => {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  folder = mkdtempSync(join(root, "node_modules/.cache/hebbian-lives-"));
  const source = `
    import { loadModel } from "./src/lifetime/index.ts";
    const [file, count, batch] = process.argv.slice(2);
    const model = await loadModel(file);
    const input = (life) => Object.fromEntries(
      model.inputs.map(({ name, size }) => [name, Float32Array.from({ length: life.batch * size }, (_, k) => Number(k % size === 0))]),
    );
    model.begin().step(input({ batch: 1 }));
    const before = process.memoryUsage.rss();
    const lives = [];
    const times = [];
    for (let k = 0; k < Number(count); k++) {
      const begun = performance.now();
      const life = model.begin({ batch: Number(batch) });
      times.push(performance.now() - begun);
      if (k % 100 === 0 && life.batch === 1) life.step(input(life));
      lives.push(life);
    }
    // As if every one had lived: its memory is touched.
    for (const life of lives) life.reset();
    times.sort((a, b) => a - b);
    const within = times.slice(0, Math.ceil(times.length * 0.9));
    console.log(JSON.stringify({
      before,
      after: process.memoryUsage.rss(),
      begin: within.reduce((a, b) => a + b) / within.length,
      snapshot: lives.at(-1).snapshot().length,
    }));`;
  await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: join(folder, "lives.mjs"),
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function kept(model: string, count: number, batch = 1): Kept {
  const args = [join(folder, "lives.mjs"), join(root, "models", model), String(count), String(batch)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Kept;
}

describe("10,000 lives of omniglot", () => {
  it.each([
    ["each by itself", 10_000, 1],
    ["side by side", 1, 10_000],
  ])("%s, fit in 200 MB with Node and the model", (_, count, batch) => {
    const { after, snapshot } = kept("omniglot.safetensors", count, batch);
    expect(after).toBeLessThan(200e6);
    // 64 x 5 traces of float32, and what they are called.
    expect(snapshot).toBeLessThan(batch * 1280 + 600);
  });
});

it("a life takes as much memory as its snapshot, and little more", () => {
  const { before, after, snapshot } = kept("images.safetensors", 20);
  expect(after - before).toBeLessThan(20 * snapshot * 1.1 + 8e6);
});
