import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledPackage, installedPackage } from "../support/packed.js";
import { startChromium, visit } from "./chromium.js";
import { serve } from "./serve.js";

const root = join(import.meta.dirname, "../..");
const file = join(root, "models/images.safetensors");

/** What life/live.js returns. */
interface Lived {
  readonly print: number;
  readonly steps: number;
}

interface Page {
  readonly isolated: boolean;
  readonly page: Lived;
  readonly worker: Lived | null;
}

let installed: InstalledPackage;
let browser: Awaited<ReturnType<typeof startChromium>>;
let inNode: Lived;
const at = (name: string) => join(installed.folder, name);

/** The page in every way that the documentation tells of: what the server's root is, and where in it the page lies. */
const pages: Readonly<Record<string, () => Promise<{ folder: string; path: string }>>> = {
  async Vite() {
    await viteBuild({ root: at("life"), configFile: false, logLevel: "error" });
    cpSync(file, at("life/dist/model.safetensors"));
    return { folder: at("life/dist"), path: "" };
  },
  async esbuild() {
    const outdir = at("life-esbuild");
    const entryPoints = [at("life/page.js"), at("life/inWorker.js")];
    const { warnings } = await esbuild.build({
      entryPoints,
      outdir,
      bundle: true,
      format: "esm",
      platform: "browser",
    });
    expect(warnings).toEqual([]);
    cpSync(at("life/index.html"), join(outdir, "index.html"));
    cpSync(file, join(outdir, "model.safetensors"));
    return { folder: outdir, path: "" };
  },
  async "an import map, without any bundler"() {
    cpSync(join(root, "test/browser/life"), at("life-map"), { recursive: true });
    cpSync(file, at("life-map/model.safetensors"));
    const imports = {
      "hebbian/lifetime": "/node_modules/hebbian/dist/src/lifetime/index.js",
      jsep: "/node_modules/jsep/dist/jsep.js",
    };
    const html = readFileSync(at("life-map/index.html"), "utf8");
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    writeFileSync(at("life-map/index.html"), html.replace("</head>", `${map}</head>`));
    return { folder: installed.folder, path: "life-map/" };
  },
};

beforeAll(async () => {
  installed = installedPackage();
  cpSync(join(import.meta.dirname, "life"), at("life"), { recursive: true });
  browser = await startChromium();
  const out = execFileSync(process.execPath, [at("life/inNode.js"), file], { encoding: "utf8" });
  inNode = JSON.parse(out) as Lived;
}, 300_000);
afterAll(async () => {
  await browser?.stop();
  installed?.remove();
});

describe.each(Object.keys(pages))("a life in a page made with %s", (name) => {
  let made: { folder: string; path: string };
  beforeAll(async () => {
    made = await pages[name]!();
  });

  it.each([true, false])(
    "has the same bits as in Node, on the page and in a worker; isolated: %s",
    async (isolated) => {
      const server = await serve(made.folder, isolated);
      try {
        const lived = await visit<Page>(browser.chromium, server.url + made.path, "lived");
        expect(lived.isolated).toBe(isolated);
        expect(lived.page).toMatchObject({ print: inNode.print, steps: 195 });
        if (name.startsWith("an import map")) expect(lived.worker).toBeNull();
        else expect(lived.worker).toMatchObject({ print: inNode.print, steps: 195 });
      } finally {
        server.stop();
      }
    },
  );
});

it("asks nobody but the page's own server for anything", () => {
  expect(browser.strayRequests).toEqual([]);
});
