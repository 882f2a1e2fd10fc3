import type { Target } from "../loops/target.js";
import { messageOf, NativeDeviceError, node } from "./system.js";

/** A C compiler that was found to work, and what it makes code for. */
export interface Compiler {
  /** The program and the arguments it always gets. */
  readonly command: readonly string[];
  /** Flags that make code for the machine at hand; none if it knows no such flag. */
  readonly machineFlags: readonly string[];
  /** All macros it has defined: version, instructions, system. Two compilers with the same ones make the same of a text. */
  readonly macros: ReadonlyMap<string, string>;
}

/** How long a compiler may take to say what it is. */
const probeLimit = 20_000;

/** In the order of hope: x86 has the first, ARM the second; a compiler that knows neither makes code for any machine. */
const machineFlagSets = [["-march=native"], ["-mcpu=native"], []] as const;

/** How to get a compiler, for a person. */
const cure = (platform: string): string =>
  platform === "darwin"
    ? "`xcode-select --install` brings one"
    : "install one (`apt install gcc`, `dnf install gcc`, `apk add gcc musl-dev`)";

/**
 * The compiler that `CC` names (alone, where it is set), else the first of cc, gcc and clang that can be run.
 *
 * @throws NativeDeviceError where there is none
 */
export function findCompiler(env: NodeJS.ProcessEnv, platform: string = process.platform): Compiler {
  if (platform !== "linux" && platform !== "darwin") {
    throw new NativeDeviceError(
      "unsupported",
      `the native device works on Linux and macOS, not on ${platform}; take wasm`,
    );
  }
  const named = env.CC?.trim();
  const failures: string[] = [];
  for (const command of named ? [named.split(/\s+/)] : [["cc"], ["gcc"], ["clang"]]) {
    try {
      return probe(command, env, machineFlagSets);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new NativeDeviceError(
    "no-compiler",
    named
      ? `the C compiler that CC names cannot be used: ${failures[0]}; unset CC, or ${cure(platform)}`
      : `no C compiler was found (${failures.join("; ")}); ${cure(platform)}`,
  );
}

/** The same compiler, told nothing about this machine: for a processor (or emulator) without what it promises. */
export const forAnyMachine = ({ command }: Compiler, env: NodeJS.ProcessEnv): Compiler =>
  probe(command, env, [[]]);

function probe(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  flagSets: readonly (readonly string[])[],
): Compiler {
  const [program, ...args] = command as [string, ...string[]];
  let failure = "";
  for (const machineFlags of flagSets) {
    const { status, signal, error, stdout, stderr } = node().childProcess.spawnSync(
      program,
      [...args, ...machineFlags, "-x", "c", "-dM", "-E", "-"],
      { input: "", encoding: "utf8", env, timeout: probeLimit, killSignal: "SIGKILL" },
    );
    if (error && "code" in error && error.code === "ENOENT") throw new Error(`${program}: not there`);
    if (status === 0) {
      const macros = new Map(
        [...stdout.matchAll(/^#define (\w+)(?: (.*))?$/gm)].map(([, name, value = ""]) => [name!, value]),
      );
      // Vectors and the functions on them are an extension of GCC's, which clang has too.
      if (!macros.has("__GNUC__")) throw new Error(`${program}: neither GCC nor clang`);
      return { command, machineFlags, macros };
    }
    const reason = error ? messageOf(error) : signal ? `ended by ${signal}` : `exit code ${status}`;
    failure = `${program}: ${firstLine(stderr) || reason}`;
  }
  throw new Error(failure);
}

/** The first line that says something, cut to what fits a message. */
export const firstLine = (text: string | null): string =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "")
    ?.slice(0, 300) ?? "";

/** Instructions by which a machine that code was made for can be told from one that lacks them. */
export type Feature = "avx512" | "avx2" | "fma" | "neon";

/** What a compiler's code for this machine uses. */
export function featuresOf({ macros }: Compiler): ReadonlySet<Feature> {
  const has = (...names: string[]) => names.every((name) => macros.has(name));
  const all: readonly (readonly [Feature, boolean])[] = [
    ["avx512", has("__AVX512F__", "__AVX512DQ__", "__AVX512BW__", "__AVX512VL__")],
    ["avx2", has("__AVX2__")],
    ["fma", has("__FMA__") || has("__aarch64__")],
    ["neon", has("__ARM_NEON")],
  ];
  return new Set(all.flatMap(([feature, there]) => (there ? [feature] : [])));
}

/** Float32 numbers in a vector. */
export const lanesOf = (features: ReadonlySet<Feature>): 4 | 8 | 16 =>
  features.has("avx512") ? 16 : features.has("avx2") ? 8 : 4;

/** What kernels are made for where code uses these instructions. */
export const targetOf = (features: ReadonlySet<Feature>): Target => ({
  lanes: lanesOf(features),
  registers: features.has("avx512") || features.has("neon") ? 32 : 16,
  wordBytes: 8,
  fma: features.has("fma"),
  exact: false,
});

/** What most processors of a kind have, for a look at kernels where no compiler says what is here. */
export const usualTarget = (architecture: string): Target =>
  targetOf(new Set<Feature>(architecture === "arm64" ? ["neon", "fma"] : ["avx2", "fma"]));

/** Such as "256-bit vectors with fused multiply-add". */
export const vectorsOf = ({ lanes, fma }: Target): string =>
  `${32 * lanes}-bit vectors${fma ? " with fused multiply-add" : ""}`;
