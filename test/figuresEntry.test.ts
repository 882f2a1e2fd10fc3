import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pixelsOf, textsOf } from "./figurePixels.js";

/** docs/figures.md promises code that works: its module is taken out of the page and used here. */
const root = join(import.meta.dirname, "..");
const [, code] = /```ts\n(\/\/ figures\.ts\n[\s\S]*?)```/.exec(
  readFileSync(join(root, "docs/figures.md"), "utf8"),
)!;

const folder = mkdtempSync(join(tmpdir(), "hebbian-figures-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Figures {
  readonly curve: string;
  readonly matrices: string;
  readonly pictures: string;
}

describe("the figures on docs/figures.md", () => {
  let figures: Figures;
  beforeAll(async () => {
    const entry = JSON.stringify(join(root, "src/figures/index.ts"));
    writeFileSync(join(folder, "figures.ts"), code!.replace('"hebbian/figures"', entry));
    figures = await import(/* @vite-ignore */ join(folder, "figures.ts"));
  });

  test("say what they show, and are drawn", async () => {
    expect(textsOf(figures.curve)).toEqual(
      expect.arrayContaining([
        "patterns: learning curve",
        "plastic",
        "without memory",
        "share of wrong bits (%)",
      ]),
    );
    expect(textsOf(figures.matrices)).toEqual(expect.arrayContaining(["w", "alpha", "from neuron"]));
    expect(textsOf(figures.pictures)).toEqual(expect.arrayContaining(["degraded", "restored", "error 0 %"]));
    for (const svg of Object.values(figures)) {
      const { width, height, count } = await pixelsOf(svg);
      expect(count([255, 255, 255])).toBeLessThan(width * height);
    }
  });

  test("come out the same where there is nothing of Node's and no DOM", async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(folder, "figures.ts")],
      bundle: true,
      write: false,
      metafile: true,
      format: "iife",
      globalName: "figures",
      platform: "browser",
      nodePaths: [join(root, "node_modules")],
      absWorkingDir: root,
      logLevel: "silent",
    });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([
      expect.stringMatching(/pako/),
    ]);
    // All that a page and a worker have of what is not JavaScript itself.
    const drawn = runInNewContext(`${outputFiles[0]!.text}; figures`, { btoa }) as Figures;
    for (const name of ["curve", "matrices", "pictures"] as const) expect(drawn[name]).toBe(figures[name]);
  });
});
