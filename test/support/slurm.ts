import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { freePort, until } from "./waiting.js";

/** Whether Slurm's daemons and commands are installed here; says so where they are not. */
export function hasSlurm(): boolean {
  try {
    for (const daemon of ["slurmctld", "slurmd", "munged"]) {
      execFileSync(daemon, [daemon === "munged" ? "--version" : "-V"], { stdio: "ignore" });
    }
    return true;
  } catch {
    console.log("not run: there is no Slurm (apt-get install slurmctld slurmd slurm-client munge)");
    return false;
  }
}

/** A cluster of this machine alone, which belongs to a test. */
export interface TestCluster {
  /** For processes that are to find it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What one of Slurm's commands prints. */
  ask(command: string, ...words: string[]): string;
  /** Lets tasks that were put back into the queue start at once: Slurm has them wait two minutes. */
  hurry(): void;
  end(): Promise<void>;
}

/**
 * Starts a cluster with its own keys, ports and files in `folder`; nothing of the machine's own configuration is read. Throws with
 * the ends of the daemons' logs where it does not come up. It takes arrays of `largestArray` tasks; jobs of the partition
 * `low` are put back into the queue for those of `high`.
 */
export async function startCluster(folder: string, largestArray: number): Promise<TestCluster> {
  const at = (name: string) => join(folder, name);
  for (const name of ["state", "spool", "munge"]) mkdirSync(at(name), { recursive: true, mode: 0o755 });
  writeFileSync(at("munge/key"), randomBytes(128), { mode: 0o600 });
  const user = userInfo().username;
  const ports = [await freePort(), await freePort()];
  // Slurm's daemons know themselves by the name without its domain.
  const host = hostname().split(".")[0]!;
  const config = {
    ClusterName: "test",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: user,
    SlurmdUser: user,
    AuthType: "auth/munge",
    AuthInfo: `socket=${at("munge/socket")}`,
    SlurmctldPort: ports[0],
    SlurmdPort: ports[1],
    StateSaveLocation: at("state"),
    SlurmdSpoolDir: at("spool"),
    SlurmctldPidFile: at("slurmctld.pid"),
    SlurmdPidFile: at("slurmd.pid"),
    SlurmctldLogFile: at("slurmctld.log"),
    SlurmdLogFile: at("slurmd.log"),
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    MpiDefault: "none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core",
    SlurmdParameters: "config_overrides",
    SchedulerParameters: "sched_interval=1,sched_min_interval=1",
    PreemptType: "preempt/partition_prio",
    PreemptMode: "REQUEUE",
    KillWait: 2,
    ReturnToService: 2,
    MaxArraySize: largestArray,
  };
  const node = `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN`;
  const partition = (name: string, tier: number) =>
    `PartitionName=${name} Nodes=ALL Default=${tier === 1 ? "YES" : "NO"} PriorityTier=${tier} MaxTime=INFINITE State=UP`;
  const lines = [...Object.entries(config).map(([key, value]) => `${key}=${value}`), node];
  writeFileSync(at("slurm.conf"), `${[...lines, partition("low", 1), partition("high", 2)].join("\n")}\n`);

  const env = { ...process.env, SLURM_CONF: at("slurm.conf") };
  const daemons: ChildProcess[] = [];
  const start = (command: string, ...words: string[]) =>
    daemons.push(spawn(command, words, { env, stdio: "ignore" }));
  const ask = (command: string, ...words: string[]) =>
    execFileSync(command, words, {
      ...{ env, encoding: "utf8", timeout: 60_000 },
      stdio: ["ignore", "pipe", "ignore"],
    });
  const hurry = () => {
    const waiting = ask("squeue", "--noheader", "--array", "--format=%i %r").split("\n");
    for (const line of waiting) {
      const [id, reason] = line.split(" ");
      if (reason === "BeginTime") ask("scontrol", "update", `JobId=${id}`, "StartTime=now");
    }
  };
  const answers = (holds: () => boolean) => () => {
    try {
      return holds();
    } catch {
      return false;
    }
  };
  const killed = () => {
    for (const daemon of daemons) daemon.kill("SIGKILL");
  };
  process.once("exit", killed);
  const end = async () => {
    process.off("exit", killed);
    await Promise.all(
      daemons.map(async (daemon) => {
        if (daemon.exitCode !== null || daemon.signalCode !== null) return;
        const gone = new Promise((resolve) => daemon.on("close", resolve));
        daemon.kill("SIGKILL");
        await gone;
      }),
    );
  };
  try {
    const munge = { key: "key-file", socket: "socket", pid: "pid-file", log: "log-file", seed: "seed-file" };
    const files = Object.entries(munge).map(([name, flag]) => `--${flag}=${at(`munge/${name}`)}`);
    start("munged", "--foreground", "--force", ...files);
    await until(
      "munge",
      answers(() => ask("munge", "--no-input", `--socket=${at("munge/socket")}`) !== ""),
    );
    start("slurmctld", "-D");
    start("slurmd", "-D");
    await until(
      "the node to be idle",
      answers(() => ask("sinfo", "--noheader", "--format=%T").includes("idle")),
    );
  } catch (error) {
    await end();
    const logs = ["munge/log", "slurmctld.log", "slurmd.log"].map(at).filter(existsSync);
    const last = logs.map((log) => readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n"));
    throw new Error([(error as Error).message, ...last].join("\n"));
  }
  return { env, ask, hurry, end };
}
