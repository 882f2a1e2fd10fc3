import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { library } from "../web/plugins/library.js";
import { codeBlocks } from "./support/documents.js";

/** docs/lifetime.md promises code that works: every block that begins with a file's name is run here, in a process of its own. */
const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/lifetime.md"), "utf8");
const modules = new Map(
  codeBlocks(page).flatMap(({ code, notes }) => {
    const [, name] = /^\/\/ (\w+\.ts)\n/.exec(code) ?? [];
    const [, before = ""] = notes.find(([kind]) => kind === "before") ?? [];
    // What is taken for granted comes behind the imports.
    const whole = code.replace(/^((?:\/\/.*\n)?(?:import .*\n)+)/, (imports) => `${imports}${before}\n`);
    return name === undefined ? [] : [[name, whole] as const];
  }),
);

mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const folder = mkdtempSync(join(root, "node_modules/.cache/hebbian-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const alias = Object.fromEntries([
  ...library.flatMap(({ find, replacement }) => (typeof find === "string" ? [[find, replacement]] : [])),
  ["hebbian/strokes", join(root, "src/tasks/characters/strokes.ts")],
  ["hebbian", join(root, "src/index.ts")],
]);

/** Runs a block as it stands, and then `tail`, which prints something of it as JSON. */
async function run(file: string, tail: string): Promise<unknown> {
  const path = join(folder, file);
  writeFileSync(path, `${modules.get(file)!}\n${tail}\n`);
  const outfile = path.replace(/\.ts$/, ".mjs");
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    alias,
    format: "esm",
    platform: "node",
    // What the engine's threads are started with lies beside its sources.
    external: ["*.wasm"],
    logLevel: "error",
  });
  const out = execFileSync(process.execPath, [outfile], { cwd: root, encoding: "utf8", timeout: 60_000 });
  return JSON.parse(out);
}

describe("docs/lifetime.md", () => {
  it("has these blocks, each with a test", () => {
    expect([...modules.keys()]).toEqual(["remember.ts", "own.ts", "drawings.ts", "store.ts"]);
  });

  it("remembers a picture, and restores it from half of it", async () => {
    const print = `
      let [error, without] = [0, 0];
      for (let k = 512; k < 1024; k++) { error += (restored[k] - picture[k]) ** 2; without += picture[k] ** 2; }
      console.log(JSON.stringify([error, without]));`;
    const [error, without] = (await run("remember.ts", print)) as [number, number];
    // Not one that it was trained on: less than half of what not knowing it at all is off by.
    expect(error).toBeLessThan(without / 2);
  });

  it("saves a network of one's own, and lets it live", async () => {
    const source = modules.get("own.ts")!;
    expect(source.match(/saveModel\(network, \{ readout \}\)/)).not.toBeNull();
    const answer = await run("own.ts", "console.log(JSON.stringify([...answer]));");
    expect(answer).toHaveLength(3);
  });

  it("names a drawing by the one that is like it", async () => {
    const answer = (await run("drawings.ts", "console.log(JSON.stringify([...answer]));")) as number[];
    expect(answer).toHaveLength(5);
    expect(answer.indexOf(Math.max(...answer))).toBe(0);
  });

  it("stores a life, and goes on with it", async () => {
    expect(await run("store.ts", "console.log(JSON.stringify([again.steps, again.batch]));")).toEqual([1, 1]);
  });
});
