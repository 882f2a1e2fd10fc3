import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circle, sourcesIn } from "./support/sources.js";

const root = join(import.meta.dirname, "..");
const sources = sourcesIn("src");

/**
 * The folders of src/, and the other folders that each may import from: always some of those above it.
 * Tasks make arrays and know no network; a rule knows nothing but its formulas.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  formulas: [],
  rules: ["formulas"],
  models: ["formulas", "rules"],
  devices: ["formulas", "rules"],
  tape: ["formulas", "rules", "devices"],
  layers: ["formulas", "rules", "devices", "tape"],
  tasks: [],
  training: ["schema", "formulas", "rules", "models", "devices", "tape", "layers", "tasks"],
  experiments: ["schema", "formulas", "rules", "models", "devices", "tape", "layers", "tasks", "training"],
  lifetime: ["formulas", "rules", "models", "devices"],
};

/** Packages that src/ may import: plain JavaScript, at home in Node and in any browser. */
const packages = ["pure-rand", "pako"];

/** A code generator and the engine's inventory of ops read better whole than in pieces. */
const longer: Readonly<Record<string, number>> = {
  "src/devices/loops/sweep.ts": 600,
  "src/devices/engine/device.ts": 400,
};

/** "src/tape/ops/map.ts" is in the folder tape; "src/index.ts" in none. */
const folderOf = (path: string): string | null => /^src\/([^/]+)\//.exec(path)?.[1] ?? null;

describe("src/", () => {
  test("the table of folders goes up only", () => {
    const order = Object.keys(mayImport);
    for (const [folder, others] of Object.entries(mayImport)) {
      for (const other of others) expect(order.indexOf(other), other).toBeLessThan(order.indexOf(folder));
    }
  });

  test("every folder is in the table", () => {
    const folders = new Set(sources.map(({ path }) => folderOf(path)).filter((folder) => folder !== null));
    expect(Object.keys(mayImport)).toEqual(expect.arrayContaining([...folders]));
  });

  test("imports stay within a folder or go up the list of folders", () => {
    let across = 0;
    for (const { path, imports } of sources) {
      const from = folderOf(path);
      for (const { file } of imports) {
        if (file === null || from === null) continue;
        expect(existsSync(join(root, file)), `${path} imports ${file}`).toBe(true);
        const to = folderOf(file);
        if (to === from) continue;
        across++;
        expect(mayImport[from], `${path} imports ${file}`).toContain(to);
      }
    }
    // Were the imports not found at all, all of the above would pass.
    expect(across).toBeGreaterThan(20);
  });

  test("no files import each other in a circle, not even for types", () => {
    const edges = sources.map(
      ({ path, imports }) => [path, imports.flatMap(({ file }) => file ?? [])] as const,
    );
    expect(circle(new Map(edges))).toBeNull();
  });

  test("no module of Node's is imported, and of packages only those that run in a browser", () => {
    for (const { path, imports } of sources) {
      for (const { file, specifier } of imports) {
        if (file !== null || specifier.startsWith("node:")) continue;
        expect(packages, `${path} imports ${specifier}`).toContain(specifier.split("/")[0]);
      }
    }
  });

  test.each([
    ["import from Node", /^(import|export)\b[^;]*from "node:|^import "node:|await import\("node:/m],
    ["Math.random", /Math\.random/],
    ["eval", /\beval\s*\(/],
    ["new Function", /\bnew\s+Function\s*\(|[^.\w]Function\s*\(/],
  ])("there is no %s", (_, pattern) => {
    for (const { path, text } of sources) expect(pattern.exec(text)?.[0], path).toBeUndefined();
  });

  test("files are short enough to be read at one go", () => {
    for (const { path, text } of sources) {
      expect(text.split("\n").length, path).toBeLessThanOrEqual(longer[path] ?? 300);
    }
  });

  test("a file that may be longer still has to be", () => {
    for (const path of Object.keys(longer)) {
      expect(readFileSync(join(root, path), "utf8").split("\n").length, path).toBeGreaterThan(300);
    }
  });
});

describe("circle", () => {
  test.each([
    ["a file that imports itself", { a: ["a"] }, ["a"]],
    ["a circle behind a tail", { a: ["b"], b: ["c"], c: ["d"], d: ["b"] }, ["b", "c", "d"]],
    ["none, though two ways lead to one file", { a: ["b", "c"], b: ["d"], c: ["d"] }, null],
  ])("finds %s", (_, edges, expected) => {
    expect(circle(new Map(Object.entries<string[]>(edges)))).toEqual(expected);
  });
});

/** Paths that only make sense on one machine; put together here, so that this file does not name them itself. */
const places = [`/${"work"}/`, `/.${"library"}`, `/${"root"}/`, `file:///${"home"}`];

/** Not one that was removed and not yet committed. */
const isFile = (file: string): boolean =>
  statSync(join(root, file), { throwIfNoEntry: false })?.isFile() ?? false;

test("no tracked file names a folder of the machine that it was written on", () => {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  const files = listed.toString().split("\0").filter(isFile);
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    const text = readFileSync(join(root, file), "latin1");
    expect(
      places.filter((place) => text.includes(place)),
      file,
    ).toEqual([]);
  }
});
