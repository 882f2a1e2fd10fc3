import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { describe, expect, it } from "vitest";

const web = join(import.meta.dirname, "..");
const root = join(web, "..");
const importStatement =
  /(?:^|\n)\s*(?:import|export)\s+(?:[^"'`;]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/g;

/** What each file of web/ imports, as it stands there. */
const files = readdirSync(web, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(ts|js|svelte)$/.test(file) && !file.startsWith(".models"))
  .map((file) => ({
    file,
    imports: [...readFileSync(join(web, file), "utf8").matchAll(importStatement)].map(
      (match) => (match[1] ?? match[2])!,
    ),
  }));

/** The folder of the repository that a relative import leads to. */
const folderOf = (file: string, specifier: string): string =>
  normalize(join(web, dirname(file), specifier))
    .slice(root.length)
    .split(sep)[1]!;

describe("web/", () => {
  it("is made of files that import something", () => {
    expect(files.length).toBeGreaterThan(60);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
  });

  it("imports nothing from the command line, which needs Node", () => {
    const wrong = files.flatMap(({ file, imports }) =>
      imports
        .filter((specifier) =>
          specifier.startsWith(".")
            ? folderOf(file, specifier) === "cli"
            : /^hebbian\/(cli|dist)/.test(specifier),
        )
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("takes the library by its public names, as everybody does", () => {
    const wrong = files
      .filter(({ file }) => file.startsWith("src") && !file.endsWith(".test.ts"))
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) => specifier.startsWith(".") && folderOf(file, specifier) !== "web")
          .map((specifier) => `${file}: ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });
});
