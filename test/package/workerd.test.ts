import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { afterAll, expect, it } from "vitest";
import { compileModel } from "../../src/lifetime/compile.js";
import { loadModel } from "../../src/lifetime/index.js";

const root = join(import.meta.dirname, "../..");
const model = join(root, "models/maze-9.safetensors");

const folder = mkdtempSync(join(tmpdir(), "hebbian-workerd-"));
let server: ChildProcess | undefined;
afterAll(() => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** The program itself, of this platform's package: the package's own script hands no file descriptor on. */
function binary(): string {
  const packages = join(folder, "node_modules/@cloudflare");
  return join(packages, readdirSync(packages)[0]!, "bin/workerd");
}

/** Puts the runtime into the temporary folder; the reason, where it cannot be had here. It is no dependency: 160 MB. */
function installed(): string | null {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "worker", private: true }));
  const args = [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "workerd@1.20261117.1",
  ];
  try {
    execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], timeout: 90_000 });
    execFileSync(binary(), ["--version"], {
      stdio: "pipe",
      timeout: 20_000,
    });
    return null;
  } catch (error) {
    return `workerd cannot be installed or started here: ${(error as Error).message.split("\n")[0]}`;
  }
}

/** Lives some steps with the code that was compiled ahead, or at "/own" with code that it makes itself. */
const worker = `
import { loadModel } from "./hebbian.js";
import file from "./model.safetensors";
import code from "./model.wasm";

export default {
  async fetch(request) {
    const ahead = new URL(request.url).pathname !== "/own";
    try {
      const model = await loadModel(file, ahead ? { code } : {});
      const life = model.begin();
      const { size } = model.inputs[0];
      let answer = new Float32Array();
      for (let t = 0; t < 20; t++) {
        answer = life.step(Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1));
      }
      const { steps } = model.resume(life.snapshot());
      return Response.json({ answer: [...answer], steps });
    } catch (error) {
      return Response.json({ name: error.name, code: error.code, message: error.message });
    }
  },
};
`;

/** Its compatibility date is from before it had FinalizationRegistry. */
const config = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "hebbian.js", esModule = embed "hebbian.js"),
    (name = "model.wasm", wasm = embed "model.wasm"),
    (name = "model.safetensors", data = embed "model.safetensors"),
  ],
  compatibilityDate = "2023-02-28",
);
`;

/** Starts it; gives its address. */
function started(): Promise<string> {
  const args = ["serve", "config.capnp", "--control-fd=3"];
  server = spawn(binary(), args, {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  return new Promise((resolve, reject) => {
    server!.on("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
    server!.stdio[3]!.on("data", (chunk: Buffer) => {
      const { port } = JSON.parse(chunk.toString().split("\n")[0]!) as { port?: number };
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
  });
}

/** What the worker shows it too. */
const inputAt = (t: number, size: number) =>
  Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1);

it("in workerd, which lets nobody make code, a model lives with what was compiled ahead, and says so without", async (context) => {
  const reason = installed();
  if (reason) return context.skip(reason);
  await esbuild.build({
    entryPoints: [join(root, "src/lifetime/index.ts")],
    outfile: join(folder, "hebbian.js"),
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  writeFileSync(join(folder, "worker.js"), worker);
  cpSync(model, join(folder, "model.safetensors"));
  writeFileSync(join(folder, "model.wasm"), compileModel(readFileSync(model)));
  writeFileSync(join(folder, "config.capnp"), config);
  const url = await started();
  const answerOf = async (path: string) =>
    (await fetch(url + path)).json() as Promise<Record<string, unknown>>;

  const here = await loadModel(model);
  const life = here.begin();
  const { size } = here.inputs[0]!;
  for (let t = 0; t < 19; t++) life.step(inputAt(t, size));
  const answer = [...life.step(inputAt(19, size))];
  expect(await answerOf("/")).toEqual({ answer, steps: 20 });
  expect(await answerOf("/own")).toMatchObject({
    name: "ModelError",
    code: "code-refused",
    message: expect.stringMatching(/disallowed by embedder\): no code may be made here\..* hebbian compile/),
  });
}, 180_000);
