import { afterAll, describe, expect, it } from "vitest";
import { moduleFolder } from "../../test/support/ownModules.js";
import { changedFiles, isModulePath, moduleHashes } from "./moduleFiles.js";

const own = moduleFolder();
afterAll(own.remove);

describe("the files of a module", () => {
  it("are itself, what it imports from beside it, what those import, and what it reads from there", () => {
    own.write("data/table.csv", "1,2\n");
    own.write("lib/b.js", 'import { a } from "../a.js";\nexport const b = a;\n');
    own.write("lib/c.cjs", "module.exports = require('./d');\n");
    own.write("lib/d.cjs", "module.exports = 1;\n");
    own.write("lib/lazy.js", "export {};\n");
    const main = own.write(
      "a.js",
      `import { init } from "hebbian";
import fs from 'node:fs';
export * from "./lib/b.js";
import
  c from './lib/c.cjs';
const table = fs.readFileSync(new URL("./data/table.csv", import.meta.url), "utf8");
export const lazy = () => import("./lib/lazy.js");
export const a = 1; // import "./nowhere.js"
`,
    );
    const hashes = moduleHashes(main);
    expect(Object.keys(hashes)).toEqual([
      "a.js",
      "data/table.csv",
      "lib/b.js",
      "lib/c.cjs",
      "lib/d.cjs",
      "lib/lazy.js",
    ]);
    for (const hash of Object.values(hashes)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    own.write("data/table.csv", "1,3\n");
    own.write("lib/lazy.js", 'import "./more.js";\n');
    own.write("lib/more.js", "");
    expect(changedFiles(hashes, moduleHashes(main))).toEqual([
      "data/table.csv",
      "lib/lazy.js",
      "lib/more.js",
    ]);
  });

  it("are not there where there is no module", () => {
    expect(() => moduleHashes(own.at("none.js"))).toThrow(
      "none.js: there is no such file; give the path of a module",
    );
    expect(() => moduleHashes(own.folder)).toThrow("it is no file");
  });
});

it.each([
  ["./bandit.js", true],
  ["bandit.ts", true],
  ["../x/bandit", true],
  ["/a/b", true],
  ["bandit.mjs", true],
  ["maze-9", false],
  ["oja", false],
])("%s is the path of a module: %s", (word, expected) => {
  expect(isModulePath(word)).toBe(expected);
});
