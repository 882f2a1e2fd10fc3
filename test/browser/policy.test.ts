import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileModel } from "../../src/lifetime/compile.js";
import { loadModel } from "../../src/lifetime/index.js";
import { startChromium, visit } from "./chromium.js";
import { serve } from "./serve.js";

const root = join(import.meta.dirname, "../..");
const file = join(root, "models/maze-9.safetensors");

type Lived =
  | { readonly answer: number[] }
  | { readonly name: string; readonly code: string; readonly message: string };
interface Page {
  readonly own: Lived;
  readonly bytes: Lived;
  readonly module: Lived | null;
}

const alias = { "hebbian/lifetime": join(root, "src/lifetime/index.ts") };
const folder = mkdtempSync(join(tmpdir(), "hebbian-policy-"));
let browser: Awaited<ReturnType<typeof startChromium>>;
let inNode: number[];
beforeAll(async () => {
  const entryPoints = [join(import.meta.dirname, "policy/page.js")];
  await esbuild.build({ entryPoints, outdir: folder, bundle: true, alias, format: "esm", logLevel: "error" });
  cpSync(join(import.meta.dirname, "policy/index.html"), join(folder, "index.html"));
  cpSync(file, join(folder, "model.safetensors"));
  writeFileSync(join(folder, "model.wasm"), compileModel(readFileSync(file)));
  const model = await loadModel(file);
  const life = model.begin();
  const { size } = model.inputs[0]!;
  for (let t = 0; t < 20; t++) {
    inNode = [...life.step(Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1))];
  }
  browser = await startChromium();
}, 120_000);
afterAll(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function under(policy: string): Promise<Page> {
  const server = await serve(folder, false, { "Content-Security-Policy": `default-src 'self'; ${policy}` });
  try {
    return await visit<Page>(browser.chromium, server.url, "underPolicy");
  } finally {
    server.stop();
  }
}

it("under script-src 'self' 'wasm-unsafe-eval' a model lives, with code that it makes or that was compiled ahead", async () => {
  const page = await under("script-src 'self' 'wasm-unsafe-eval'");
  for (const lived of [page.own, page.bytes, page.module]) expect(lived).toEqual({ answer: inNode });
});

it("under script-src 'self' no code may be made, of whatever bytes: a ModelError says so, and what the policy must have", async () => {
  const page = await under("script-src 'self'");
  for (const lived of [page.own, page.bytes]) {
    expect(lived).toMatchObject({
      name: "ModelError",
      code: "code-refused",
      message: expect.stringMatching(
        /^model\.safetensors: WebAssembly refuses the model's code \(.*\): no code may be made here\. In a page, the policy must have script-src 'wasm-unsafe-eval'/,
      ),
    });
  }
  // Nor may the browser make a module of what the page's own server sends.
  expect(page.module).toBeNull();
});
