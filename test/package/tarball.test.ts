import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledPackage, installedPackage } from "../support/packed.js";

const root = join(import.meta.dirname, "../..");
let installed: InstalledPackage;
beforeAll(() => {
  installed = installedPackage();
}, 120_000);
afterAll(() => installed?.remove());

const inPackage = (file: string) => join(installed.folder, "node_modules/hebbian", file);

describe("what npm publishes", () => {
  it("is the library and the command line, compiled, and a few documents", () => {
    const kinds = installed.files.map((file) =>
      /^dist\/(src|cli)\/.+\.(js|d\.ts)$/.test(file) ? "compiled" : file,
    );
    expect([...new Set(kinds)].sort()).toEqual(["LICENSE", "README.md", "compiled", "package.json"]);
  });

  it("has no tests, and nothing whose source is gone", () => {
    for (const file of installed.files.filter((file) => file.startsWith("dist/"))) {
      const source = file.replace("dist/", "").replace(/(\.d)?\.[jt]s$/, "");
      expect(file).not.toMatch(/\.test\.|support|golden/);
      const found = [".ts", ".js"].some((ending) => existsSync(join(root, source + ending)));
      expect(found, `${file}: no such source any more; rm -r dist, and npm run build`).toBe(true);
    }
  });

  it("names no folder of the machine that it was built on", () => {
    for (const file of installed.files) {
      const text = readFileSync(inPackage(file), "utf8");
      for (const path of [root, homedir(), "/home/", "/tmp/", "file:///", "C:\\"]) {
        expect(text.includes(path), `${file} has ${path} in it`).toBe(false);
      }
    }
  });

  it("has types for all that package.json exports, without Node's types", () => {
    const { exports } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
    const imports = entries.map((entry, i) => `export * as entry${i} from "hebbian${entry.slice(1)}";`);
    const wrong = `import { init } from "hebbian";\n// @ts-expect-error It is a number.\ninit({ threads: "two" });`;
    writeFileSync(join(installed.folder, "user.ts"), [...imports, wrong].join("\n"));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const flags = "--noEmit --strict --module nodenext --target es2022 --lib es2023,dom".split(" ");
    const compile = () =>
      execFileSync(process.execPath, [tsc, ...flags, "user.ts"], {
        cwd: installed.folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(errorOf(compile)).toBe("");
  });
});

/** What a compiler that fails prints. */
function errorOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

it("package-lock.json names no registry: npm asks whichever one is set up", () => {
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toContain('"resolved"');
});
