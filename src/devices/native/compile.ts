import { type Compiler, firstLine } from "./compiler.js";
import { codeOf, NativeDeviceError, node } from "./system.js";

/** A text in C that becomes a shared object. */
export interface CSource {
  readonly text: string;
  /** Compiler flags beside those that every object gets. */
  readonly flags: readonly string[];
}

/**
 * Flags of every object. No contraction: a product is rounded before a sum unless the text says `fma`, as on the other
 * devices. Nothing that would reorder sums, flush small numbers or forget NaN.
 */
const objectFlags = [
  "-std=gnu11",
  "-shared",
  "-fPIC",
  "-fvisibility=hidden",
  "-ffp-contract=off",
  "-w",
  "-pipe",
];

/**
 * Flags of a kernel, beside those: it is made for this machine, and no function of it looks at `errno` or at exceptions of
 * arithmetic (which changes no result).
 */
export const kernelFlags = ({ machineFlags }: Compiler): string[] => [
  "-O3",
  "-fno-math-errno",
  "-fno-trapping-math",
  ...machineFlags,
];

/** A time limit for each text of a batch, however slow the machine, and for the first. */
export const compileLimit = { first: 60_000, each: 15_000 };

/** All flags with which a compiler makes an object. */
export const flagsOf = (source: CSource): string[] => [...objectFlags, ...source.flags];

/**
 * Runs the compiler for texts 0.c, 1.c ... of the working folder, several at once: program, flags and so on are its own
 * arguments, never text of the shell's.
 */
const driver = `
lane=0
started=
while [ $lane -lt $HEBBIAN_LANES ]; do
  (
    i=$lane
    while [ $i -lt $HEBBIAN_TEXTS ]; do
      "$@" -o $i.so $i.c 2>$i.err || exit 1
      i=$((i + HEBBIAN_LANES))
    done
  ) &
  started="$started $!"
  lane=$((lane + 1))
done
bad=0
for one in $started; do wait $one || bad=1; done
exit $bad
`;

export interface CompileOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Compilers that run at once. */
  readonly lanes: number;
  readonly limit?: { readonly first: number; readonly each: number };
}

/**
 * Compiles texts (all with the same flags) in an empty folder; returns the objects' paths in their order. Waits for them.
 *
 * @throws NativeDeviceError if the compiler fails, or does not end within its limit
 */
export function compile(
  { command }: Compiler,
  sources: readonly CSource[],
  folder: string,
  { env, lanes, limit = compileLimit }: CompileOptions,
): string[] {
  const { fs, path, childProcess } = node();
  const file = (i: number, ending: string) => path.join(folder, `${i}.${ending}`);
  sources.forEach(({ text }, i) => {
    fs.writeFileSync(file(i, "c"), text, { flag: "wx", mode: 0o600 });
  });
  const timeout = limit.first + limit.each * (sources.length - 1);
  const options = {
    cwd: folder,
    // What compilers write on their way stays in this folder too.
    env: {
      ...env,
      TMPDIR: folder,
      HEBBIAN_TEXTS: `${sources.length}`,
      HEBBIAN_LANES: `${Math.min(lanes, sources.length)}`,
    },
    stdio: "ignore",
    timeout,
    killSignal: "SIGKILL",
    detached: true,
  } as const;
  // In a group of its own, so that one that hangs can be ended with all that it has started.
  const { pid, status, error } = childProcess.spawnSync(
    "/bin/sh",
    ["-c", driver, "hebbian", ...command, ...flagsOf(sources[0]!)],
    options,
  );
  const name = command.join(" ");
  if (error && codeOf(error) === "ETIMEDOUT") {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It had started nothing that is still there.
    }
    throw new NativeDeviceError(
      "compiler-hung",
      `the C compiler (${name}) was not done with ${sources.length} texts after ${timeout / 1000} s; name another one in CC`,
    );
  }
  const failed = sources.findIndex((_, i) => !fs.existsSync(file(i, "so")));
  if (status !== 0 || failed >= 0) {
    const said = sources
      .map((_, i) => (fs.existsSync(file(i, "err")) ? fs.readFileSync(file(i, "err"), "utf8") : ""))
      .find((text) => text.trim() !== "");
    const why = firstLine(said ?? "") || (error ? error.message : `exit code ${status}, and no object`);
    throw new NativeDeviceError(
      "compiler-failed",
      `the C compiler (${name}) failed: ${why}; name another one in CC`,
    );
  }
  return sources.map((_, i) => file(i, "so"));
}
