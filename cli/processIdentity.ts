import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "../src/schema/index.js";
import { sha256 } from "./fingerprint.js";

/**
 * What tells a process from all others, on any machine and at any time. A number alone does not: it is used again, within
 * minutes in a container, and is another process's on every machine and in every container.
 */
export const identitySchema = z.object({
  pid: z.int().min(1),
  host: z.string(),
  /** Of the machine, the same whenever it is started; a digest, for the number itself is nobody's business. */
  machine: z.string().nullable(),
  /** Another each time that the machine is started. */
  boot: z.string().nullable(),
  /** In which `pid` is a number: containers have namespaces of their own. */
  namespace: z.string().nullable(),
  /** When the process began; null where the system does not say, and then the number must do. */
  started: z.string().nullable(),
});

export type ProcessIdentity = z.output<typeof identitySchema>;

export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid);
}

/** Of a process that is running on this machine. */
export function identityOf(pid: number): ProcessIdentity {
  return {
    pid,
    host: hostname(),
    machine: machineId(),
    boot: bootId(),
    namespace: orNull(() => readlinkSync("/proc/self/ns/pid")),
    started: startOf(pid),
  };
}

/**
 * What can be said of a process from here: that it is running, that it is certainly gone, or nothing: it is of another
 * machine or another container.
 */
export function stateOf(owner: ProcessIdentity, here = thisProcess()): "running" | "gone" | "elsewhere" {
  const sameMachine = owner.host === here.host && owner.machine !== null && owner.machine === here.machine;
  if (owner.boot !== null && here.boot !== null) {
    // The same boot is the same machine, by whatever name a container goes; after another, nothing runs on.
    if (owner.boot !== here.boot) return sameMachine ? "gone" : "elsewhere";
  } else if (!sameMachine) return "elsewhere";
  if (owner.namespace !== here.namespace) return "elsewhere";
  if (!processExists(owner.pid)) return "gone";
  const started = startOf(owner.pid);
  // Not to be seen does not mean gone: some systems hide other people's processes.
  if (owner.started === null || started === null) return "running";
  return owner.started === started ? "running" : "gone";
}

/** True if some process has this number. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but someone else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, in the system's own words; null if it is not to be seen. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    return orNull(() => {
      // The second field is a name that may hold spaces and brackets: what follows its last bracket is plain.
      const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(")").at(-1)!.trim().split(" ");
      // A zombie has ended, and only waits for its parent to ask.
      return "ZX".includes(fields[0]!) ? "ended" : fields[19]!;
    });
  }
  if (process.platform === "win32") return null;
  return orNull(() => said("ps", "-o", "lstart=", "-p", String(pid)));
}

function bootId(): string | null {
  if (process.platform === "darwin") return orNull(() => said("sysctl", "-n", "kern.bootsessionuuid"));
  return orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

/** Linux machines may share a name, as containers do: then only an id tells them apart. */
function machineId(): string | null {
  const id =
    process.platform === "linux" ? orNull(() => readFileSync("/etc/machine-id", "utf8").trim()) : hostname();
  return id ? sha256(`hebbian ${id}`).slice(0, 16) : null;
}

const said = (command: string, ...args: string[]): string =>
  execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
  }).trim();

function orNull(read: () => string): string | null {
  try {
    return read() || null;
  } catch {
    return null;
  }
}
