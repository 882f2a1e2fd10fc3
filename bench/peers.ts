import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeviceKind } from "../src/devices/kinds.js";
import { Absent, type PeerCommand } from "./peer.js";
import type { ProblemKind } from "./problem.js";

/** The project's root: the sources of the peers lie there even when this file was compiled to dist/. */
const root = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
})();
const sources = join(root, "bench", "peers");

let pythonFound: string | undefined;

/** A Python that has PyTorch: $HEBBIAN_PYTHON, else the first that can import it. Throws Absent where there is none. */
export function python(): string {
  // Asking takes seconds.
  pythonFound ??= findPython();
  return pythonFound;
}

function findPython(): string {
  const chosen = process.env.HEBBIAN_PYTHON;
  for (const program of chosen ? [chosen] : ["python3", "/usr/bin/python3"]) {
    if (spawnSync(program, ["-c", "import torch"]).status === 0) return program;
  }
  throw new Absent(
    chosen
      ? "HEBBIAN_PYTHON cannot import torch"
      : "no python3 with PyTorch: install python3-torch and libopenblas0-openmp, or set HEBBIAN_PYTHON",
  );
}

const torch = (name: string, script: string): PeerCommand => ({
  name,
  command: [python(), join(sources, script)],
});

/** Compiles the C peer if its sources are newer than its program. Throws Absent where gcc is missing or fails. */
function native(): PeerCommand {
  const folder = join(sources, "native");
  const program = join(sources, "build", "native");
  const files = readdirSync(folder).map((file) => join(folder, file));
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  if (!existsSync(program) || statSync(program).mtimeMs < newest) {
    mkdirSync(dirname(program), { recursive: true });
    const flags = ["-O3", "-march=native", "-ffast-math", "-std=gnu11", "-pthread"];
    const units = files.filter((file) => file.endsWith(".c"));
    try {
      execFileSync("gcc", [...flags, ...units, "-o", program, "-lm"], { stdio: "pipe" });
    } catch (error) {
      throw new Absent(`gcc: ${(error as Error).message.split("\n")[0]!.slice(0, 100)}`);
    }
  }
  return { name: "native", command: [program] };
}

/** A peer that is a compiled module beside this one. */
const onNode = (name: string, file: string, ...args: readonly string[]): PeerCommand => ({
  name,
  command: [process.execPath, fileURLToPath(new URL(file, import.meta.url)), ...args],
});

/** This library, on one of its devices. */
export const ours = (device: DeviceKind): PeerCommand => onNode("hebbian", "./ours.js", "--device", device);

/** The peers by name; each throws Absent where this machine cannot run it. */
export const peers: Readonly<Record<string, () => PeerCommand>> = {
  "torch-eager": () => torch("torch-eager", "torch_eager.py"),
  "torch-fused": () => torch("torch-fused", "torch_fused.py"),
  "torch-chunked": () => torch("torch-chunked", "torch_chunked.py"),
  native,
  // Its threads are Web Workers, which Node has not.
  "jax-js": () => ({ ...onNode("jax-js", "./peers/jax.js"), maxThreads: 1 }),
};

/** Peers that were written for kinds of problem not all peers know. */
const everyKind = ["torch-eager"];
const commonKinds: readonly ProblemKind[] = ["rnn", "maze"];

/** The peer for a kind of problem; throws Absent where it was not written for it. */
export function peerFor(name: string, kind: ProblemKind): PeerCommand {
  const isWritten =
    name === "torch-chunked"
      ? kind === "fast-gated-delta"
      : everyKind.includes(name) || commonKinds.includes(kind);
  if (isWritten) return peers[name]!();
  throw new Absent("not written for this case");
}
