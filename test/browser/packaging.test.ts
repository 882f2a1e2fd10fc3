import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceInfo } from "../../src/index.js";
import { type InstalledPackage, installedPackage } from "../support/packed.js";
import { warningsAsErrors } from "../support/viteWarnings.js";
import { startChromium, visit } from "./chromium.js";
import { serve } from "./serve.js";

/** What app/train.js returns. */
interface Trained {
  readonly info: DeviceInfo;
  readonly losses: readonly number[];
}

/** What app/page.js leaves behind: trained on the page's own thread, and in a web worker. */
interface Page {
  readonly isolated: boolean;
  readonly page: Trained;
  readonly worker: Trained;
  /** Threads that a web worker gets without asking, and the machine's cores. */
  readonly auto: { readonly threads: number; readonly cores: number };
}

let installed: InstalledPackage;
let browser: Awaited<ReturnType<typeof startChromium>>;
let inNode: Trained;
const at = (name: string) => join(installed.folder, name);

/** The page, bundled in every way that the documentation tells of: the folder that holds it. */
const bundles: Readonly<Record<string, () => Promise<string>>> = {
  async Vite() {
    await viteBuild({ root: at("app"), configFile: false, customLogger: warningsAsErrors() });
    return at("app/dist");
  },
  async "esbuild, with worker.js copied beside the bundle"() {
    const out = await esbuildBundle("esbuild");
    cpSync(at("node_modules/hebbian/dist/src/devices/wasm/worker.js"), join(out, "worker.js"));
    return out;
  },
  "esbuild, without worker.js": () => esbuildBundle("esbuild-alone"),
};

async function esbuildBundle(name: string): Promise<string> {
  const outdir = at(name);
  const { warnings } = await esbuild.build({
    entryPoints: [at("app/page.js"), at("app/inWorker.js")],
    outdir,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  expect(warnings).toEqual([]);
  cpSync(at("app/index.html"), join(outdir, "index.html"));
  return outdir;
}

beforeAll(async () => {
  installed = installedPackage();
  cpSync(join(import.meta.dirname, "app"), at("app"), { recursive: true });
  browser = await startChromium();
}, 300_000);
afterAll(async () => {
  await browser?.stop();
  installed?.remove();
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function expectLosses({ losses }: Trained): void {
  expect(losses).toHaveLength(inNode.losses.length);
  losses.forEach((loss, episode) => {
    expect(Math.abs(loss / inNode.losses[episode]! - 1), `episode ${episode + 1}`).toBeLessThan(1e-5);
  });
}

describe("the packed package, installed into an empty project", () => {
  it("runs in Node with two threads, and learns", () => {
    const out = execFileSync(process.execPath, [at("app/inNode.js")], { encoding: "utf8" });
    inNode = JSON.parse(out) as Trained;
    const { info, losses } = inNode;
    expect(info).toMatchObject({ kind: "wasm", threads: 2 });
    expect(mean(losses.slice(-10))).toBeLessThan(0.6 * mean(losses.slice(0, 10)));
  });

  it("brings the command line along", () => {
    const out = execFileSync(at("node_modules/.bin/hebbian"), ["list"], { encoding: "utf8" });
    expect(out).toContain("patterns");
  });

  describe.each(Object.keys(bundles))("bundled by %s", (name) => {
    let folder: string;
    beforeAll(async () => {
      folder = await bundles[name]!();
    });
    const hasWorker = !name.endsWith("without worker.js");

    it.each([true, false])("computes in a browser what Node does; isolated: %s", async (isolated) => {
      const server = await serve(folder, isolated);
      try {
        const result = await visit<Page>(browser.chromium, server.url, "trained");
        expect(result.isolated).toBe(isolated);
        expect(result.page.info.threads).toBe(1);
        expect(result.worker.info.threads).toBe(isolated && hasWorker ? 2 : 1);
        expect(result.page.info.why).toContain(
          isolated ? "a page's own thread may not wait" : "the page is not cross-origin isolated",
        );
        expect(result.worker.info.why).toContain(
          !isolated
            ? "the page is not cross-origin isolated"
            : hasWorker
              ? "2 threads"
              : "1 thread instead of 2: the worker threads could not be started",
        );
        expectLosses(result.page);
        expectLosses(result.worker);
        expect(result.auto.threads).toBe(isolated && hasWorker ? result.auto.cores : 1);
      } finally {
        server.stop();
      }
    });
  });

  it("asks nobody but the page's own server for anything", () => {
    expect(browser.strayRequests).toEqual([]);
  });
});
