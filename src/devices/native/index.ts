/** The native device: kernels printed as C, compiled by the user's compiler. Node, Bun and Deno; imported only when asked for. */
import type { Device } from "../device.js";
import { EngineDevice } from "../engine/device.js";
import { kernelFlags } from "./compile.js";
import { type Compiler, featuresOf, findCompiler, forAnyMachine, targetOf, vectorsOf } from "./compiler.js";
import { NativeMachine } from "./machine.js";
import { Objects } from "./objects.js";
import { loadRuntime, type Runtime } from "./runtime.js";
import { NativeDeviceError, node } from "./system.js";

export { NativeDeviceError };

export interface NativeOptions {
  readonly threads?: number | "auto";
  /** Bytes; at most (and by default) what the machine has. */
  readonly memoryLimit?: number;
  /** Where the compiler, the home and the temporary folder are looked for. */
  readonly env?: NodeJS.ProcessEnv;
}

const pageBytes = 65536;

/**
 * Starts the native engine.
 *
 * @throws NativeDeviceError if there is no compiler, or if what it makes cannot be used here
 */
export async function createNativeDevice(options: NativeOptions = {}): Promise<Device> {
  const { os } = node();
  const { threads = "auto", memoryLimit = Number.POSITIVE_INFINITY, env = process.env } = options;
  const cores = os.availableParallelism();
  const { compiler, objects, runtime } = startRuntime(env, cores);
  const target = targetOf(featuresOf(compiler));
  const limit = Math.floor(Math.min(memoryLimit, memoryOf(os.totalmem())) / pageBytes) * pageBytes;
  const machine = new NativeMachine(runtime, objects, target, kernelFlags(compiler), {
    threads: threads === "auto" ? cores : threads,
    limit,
  });
  const count = machine.threads;
  const why = [
    `C by ${nameOf(compiler)}`,
    vectorsOf(target),
    count === 1 ? "1 thread" : `${count} threads`,
  ].join(", ");
  const uncached = objects.uncached === null ? "" : `; compiled anew each time: ${objects.uncached}`;
  return new EngineDevice(
    { kind: "native", threads: count, lanes: target.lanes, why: why + uncached },
    machine,
  );
}

/** Finds the compiler and loads the runtime; if the processor lacks what the compiler believes in, without it. */
function startRuntime(env: NodeJS.ProcessEnv, lanes: number) {
  const first = findCompiler(env);
  const objects = new Objects(first, { env, lanes });
  const runtime = loadRuntime(objects);
  if (hasAll(runtime, first)) return { compiler: first, objects, runtime };
  const compiler = forAnyMachine(first, env);
  return { compiler, objects: new Objects(compiler, { env, lanes }), runtime };
}

function hasAll(runtime: Runtime, compiler: Compiler): boolean {
  const there = new Set(runtime.features().trim().split(" "));
  return [...featuresOf(compiler)].every((feature) => feature === "neon" || there.has(feature));
}

/** What this process may have: containers often allow less than the machine has. */
function memoryOf(total: number): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 ? Math.min(total, allowed) : total;
}

function nameOf({ command, macros }: Compiler): string {
  const version = /^"?(?:Clang |Apple )?([\d.]+)/.exec(
    macros.get("__clang_version__") ?? macros.get("__VERSION__") ?? "",
  );
  const family = macros.has("__clang__") ? "clang" : "gcc";
  return version ? `${family} ${version[1]}` : command.join(" ");
}
