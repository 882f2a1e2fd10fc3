import { execFile } from "node:child_process";
import { UsageError } from "../../exitCodes.js";

/** A Slurm cluster, as far as a sweep needs one. */
export interface Cluster {
  /** The most tasks of an array. */
  largestArray(): Promise<number>;
  /** Submits an array of so many tasks. Throws a UsageError with what Slurm says. */
  submit(array: SlurmArray): Promise<void>;
  /** The tasks of these arrays that wait or run, and those that run. Throws where Slurm does not answer now. */
  tasks(names: readonly string[]): Promise<readonly QueuedTask[]>;
}

export interface SlurmArray {
  readonly name: string;
  readonly count: number;
  /** At work at once; null: as many as the cluster likes. */
  readonly atOnce: number | null;
  /** Shell. */
  readonly script: string;
  /** Where output goes: %A is the array's number, %a the task's. */
  readonly log: string;
  /** Options of sbatch, "partition=long"; they go before ours. */
  readonly options: readonly string[];
}

export interface QueuedTask {
  readonly name: string;
  readonly index: number;
  readonly isRunning: boolean;
}

/** Where MaxArraySize is not told: Slurm's own default. */
const USUAL_ARRAY = 1001;
/** Seconds before a run's time is up in which it writes a checkpoint. */
const NOTICE = 60;

/** The cluster of this machine, by Slurm's commands. */
export const commands: Cluster = {
  async largestArray() {
    const config = await output("scontrol", ["show", "config"]);
    return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? USUAL_ARRAY);
  },
  async submit({ name, count, atOnce, script, log, options }) {
    const limit = atOnce === null ? "" : `%${atOnce}`;
    const words = [
      ...["--parsable", `--job-name=${name}`, `--array=0-${count - 1}${limit}`],
      ...["--requeue", "--open-mode=append", `--output=${log}`, "--ntasks=1", `--signal=B:TERM@${NOTICE}`],
      ...options.map((option) => `--${option}`),
    ];
    await output("sbatch", words, script);
  },
  async tasks(names) {
    if (names.length === 0) return [];
    const lines = await output("squeue", [
      ...["--noheader", "--array", "--me", "--format=%j %K %T", `--name=${names.join(",")}`],
    ]);
    return lines
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([name]) => names.includes(name!))
      .map(([name, index, state]) => ({ name: name!, index: Number(index), isRunning: state === "RUNNING" }));
  },
};

/** What a command of Slurm says of its failure, in one line: what it could not go on without, if there was anything. */
export function complaint(command: string, stderr: string): string {
  const lines = stderr.split("\n").map((line) =>
    line
      .trim()
      .replace(`${command}: `, "")
      .replace(/^error: /, ""),
  );
  const fatal = lines.find((line) => line.startsWith("fatal: "));
  if (fatal) return `${fatal.slice("fatal: ".length)}; is this a machine of the cluster?`;
  return lines.filter(Boolean).join("; ");
}

/** What a command prints. Throws a UsageError with what it says where it fails, or is not there. */
function output(command: string, words: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, words, { maxBuffer: 1e9 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const why = isMissing
        ? "there is no such command; is this a machine of the cluster?"
        : complaint(command, stderr);
      reject(new UsageError(`--slurm: ${command}: ${why || error.message}`, { cause: error }));
    });
    // A command that does not read what it is told says why by its exit code.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
