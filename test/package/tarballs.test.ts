import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, inject, it } from "vitest";
import { packageNames, sourceOf } from "../support/packed.js";

const root = join(import.meta.dirname, "../..");
const { folder, packed } = inject("installed");
const inPackage = (name: string, file = "") => join(folder, "node_modules", name, file);
const manifest = (name: string) => JSON.parse(readFileSync(inPackage(name, "package.json"), "utf8"));
const { files } = packed.hebbian;

describe("what npm publishes as hebbian", () => {
  it("is the library and the command line, compiled and as sources, and the documents", () => {
    const kinds: readonly (readonly [string, RegExp])[] = [
      ["compiled", /^dist\/(src|cli)\/.+\.(js|d\.ts)(\.map)?$/],
      ["sources", /^(src|cli)\/.+\.(ts|js)$/],
      ["documents", /^docs\/.+\.(md|png|svg|gif|json|jsonl)$/],
      ["figures", /^bench\/(results|results-native|lifetime|manyLives|inkSize)\.json$/],
      ["examples", /^examples\/(\w+\/)?[\w.]+\.(md|js|html|json|py)$/],
    ];
    const kindOf = (file: string) => kinds.find(([, pattern]) => pattern.test(file))?.[0] ?? file;
    expect([...new Set(files.map(kindOf))].sort()).toEqual(
      [
        ...["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"],
        ...["compiled", "documents", "examples", "figures", "package.json", "sources"],
      ].sort(),
    );
  });

  it("has no tests, and nothing whose source is gone", () => {
    for (const file of files.filter((file) => file.startsWith("dist/"))) {
      const source = file.replace("dist/", "").replace(/(\.d)?\.[jt]s(\.map)?$/, "");
      expect(file).not.toMatch(/\.test\.|support|golden/);
      const found = [".ts", ".js"].some((ending) => existsSync(join(root, source + ending)));
      expect(found, `${file}: no such source any more; rm -r dist, and npm run build`).toBe(true);
    }
    expect(files.filter((file) => file.includes(".test."))).toEqual([]);
  });

  it("has a map for every compiled file, from its lines to those of a source that is there", () => {
    const maps = files.filter((file) => file.endsWith(".map"));
    const compiled = files.filter((file) => /^dist\/.*(\.d)?\.(js|ts)$/.test(file));
    expect(maps.length).toBe(compiled.length);
    for (const map of maps) {
      const { sources, mappings } = JSON.parse(readFileSync(inPackage("hebbian", map), "utf8"));
      expect(sources, map).toHaveLength(1);
      expect(existsSync(inPackage("hebbian", join(dirname(map), sources[0]))), `${map}: ${sources[0]}`).toBe(
        true,
      );
      expect(typeof mappings).toBe("string");
    }
  });

  it("brings few packages along, none of them heavy", () => {
    const dependencies = Object.keys(manifest("hebbian").dependencies);
    const decisions = readFileSync(join(root, "docs/decisions/001-dependencies.md"), "utf8");
    for (const name of dependencies) {
      expect(decisions, `${name} needs a line in docs/decisions/001`).toContain(`\`${name}\``);
    }
    const installed = readdirSync(inPackage(""), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|hebbian)/.test(entry.name))
      .map((entry) => entry.name);
    expect(installed.length).toBeLessThanOrEqual(12);
    const bytes = installed.reduce((sum, name) => sum + sizeOf(inPackage(name)), 0);
    expect(bytes).toBeLessThan(9.5e6);
  });
});

describe("what npm publishes as hebbian-lifetime", () => {
  it("is one file of code and one of types, without dependencies, under 120 kB when it is installed", () => {
    expect([...packed["hebbian-lifetime"].files].sort()).toEqual([
      "LICENSE",
      "README.md",
      "dist/index.d.ts",
      "dist/index.js",
      "package.json",
    ]);
    const { dependencies, peerDependencies, optionalDependencies } = manifest("hebbian-lifetime");
    expect([dependencies, peerDependencies, optionalDependencies]).toEqual([undefined, undefined, undefined]);
    expect(sizeOf(inPackage("hebbian-lifetime"))).toBeLessThan(120_000);
  });

  it("imports nothing, and takes no more than its limit when it is compressed", async () => {
    const path = inPackage("hebbian-lifetime", "dist/index.js");
    const about = { entryPoints: [path], bundle: true, write: false, metafile: true, external: ["*"] };
    const { inputs } = (await build({ ...about, format: "esm" })).metafile!;
    expect(Object.values(inputs).flatMap(({ imports }) => imports)).toEqual([]);
    const code = readFileSync(path);
    const limits = readFileSync(join(root, ".size-limit.js"), "utf8");
    const limit = Number(/name: "hebbian-lifetime",[^}]*limit: "([\d.]+) kB"/.exec(limits)![1]);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(1000 * limit);
  });
});

describe("what npm publishes as hebbian-models", () => {
  const models = packed["hebbian-models"].files.filter((file) => file.endsWith(".safetensors"));
  const page = readFileSync(inPackage("hebbian-models", "README.md"), "utf8");
  const cards = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((card) => [card.slice(0, card.indexOf("\n")), card.replace(/\s+/g, " ")] as const),
  );

  it("is every network of models/, and their cards", () => {
    expect(models).toEqual(readdirSync(sourceOf("hebbian-models")).filter((file) => models.includes(file)));
    expect(models.length).toBeGreaterThan(4);
    expect(packed["hebbian-models"].files.filter((file) => !models.includes(file)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
  });

  it.each(models)("has a card for %s that says what the file says", (file) => {
    const card = cards.get(file.replace(".safetensors", ""))!;
    const bytes = readFileSync(inPackage("hebbian-models", file));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
    const { __metadata__: about, ...tensors } = header;
    expect(card).toContain(about.command);
    const numbers = (Object.values(tensors) as { shape: number[] }[]).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(card).toContain(`${numbers.toLocaleString("en")} parameters`);
    for (const word of ["**Task.**", "**Trained by**", "**Judged by**", "**Data.**"])
      expect(card).toContain(word);
  });

  it.each([
    ["images", "images", "mse", 3],
    ["images-rnn", "images-rnn", "mse", 3],
    ["maze", "maze", "reward", 3],
    ["maze-9", "maze-9", "reward", 3],
    ["maze-9-rnn", "maze-9-rnn", "reward", 2],
  ])("has on the card of %s what docs/results says", (card, results, metric, digits) => {
    const path = join(root, "docs/results", results, "evaluation.json");
    const value = Number(JSON.parse(readFileSync(path, "utf8"))[metric]);
    expect(cards.get(card)).toMatch(new RegExp(`\\*\\*${Number(value.toPrecision(digits))}\\d?\\*\\*`));
  });
});

describe("the packages", () => {
  it("have one version, and name no folder of the machine that they were built on", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const name of packageNames) {
      expect(manifest(name).version, name).toBe(version);
      for (const file of packed[name].files) {
        const text = readFileSync(inPackage(name, file), "latin1");
        // Documents may speak of such folders, and pictures are random bytes.
        const isCode = /^(dist|src|cli)\//.test(file);
        for (const path of [root, homedir(), ...(isCode ? ["/home/", "/tmp/", "C:\\"] : [])]) {
          expect(text.includes(path), `${name}: ${file} has ${path} in it`).toBe(false);
        }
      }
    }
  });

  it("are what package-lock.json says, which names no registry: npm asks whichever one is set up", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    for (const [name, { resolved, link }] of Object.entries<{ resolved?: string; link?: boolean }>(
      packages,
    )) {
      if (resolved !== undefined) expect(link && existsSync(join(root, resolved)), name).toBe(true);
    }
  });
});

/** Bytes of all files in a folder. */
function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, entry) => sum + sizeOf(join(path, entry)), 0);
}
