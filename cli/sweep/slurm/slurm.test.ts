import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { call, quietIo } from "../../../test/support/terminal.js";
import { UsageError } from "../../exitCodes.js";
import type { RunProgress, Start } from "../local.js";
import { failureOf, noteFailure } from "../runState.js";
import { runPath, type SweepRun, sweepRun } from "../sweepRun.js";
import { attemptFolder } from "./attempts.js";
import { type Cluster, complaint, type QueuedTask, type SlurmArray } from "./cluster.js";
import { runOnSlurm } from "./coordinate.js";
import { readTaskList, slurmFolder, taskLists, writeTaskList } from "./taskList.js";
import { workOnTask } from "./work.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-slurm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
let sweep = "";
beforeEach(() => {
  sweep = join(folder, `sweep-${count++}`);
});

const runs = (seeds: number): Promise<SweepRun[]> =>
  Promise.all(
    Array.from({ length: seeds }, (_, seed) =>
      sweepRun({
        experiment: "patterns-small",
        options: { bits: "4", patterns: "1" },
        ...{ seed, episodes: 2, device: "reference" },
      }),
    ),
  );

function leaveResult(place: string, run: { readonly name: string }): void {
  mkdirSync(runPath(place, run), { recursive: true });
  writeFileSync(join(runPath(place, run), "result.json"), '{"trainedEpisodes":2,"evaluation":{}}');
}

/** A cluster whose tasks end as `end` says, at the question after next: "lost" ones leave nothing. */
function pretended(
  end: (name: string, tries: number) => "done" | "lost" | "failed",
  { largest = 1000, refuses = (_array: SlurmArray): string | null => null } = {},
) {
  const arrays: SlurmArray[] = [];
  const tries = new Map<string, number>();
  let queue: (QueuedTask & { questions: number })[] = [];
  const finish = ({ name, index }: QueuedTask) => {
    const task = taskLists(sweep).find((list) => list.name === name)!.tasks[index]!;
    const how = end(task.name, tries.get(task.name) ?? 0);
    tries.set(task.name, (tries.get(task.name) ?? 0) + 1);
    if (how === "done") leaveResult(sweep, task);
    if (how === "failed") noteFailure(sweep, task, { code: 4, message: "diverged" });
  };
  const cluster: Cluster = {
    largestArray: async () => largest,
    async submit(array) {
      const why = refuses(array);
      if (why !== null) throw new UsageError(why);
      arrays.push(array);
      for (let index = 0; index < array.count; index++) {
        queue.push({ name: array.name, index, isRunning: true, questions: 0 });
      }
    },
    async tasks(names) {
      for (const task of queue) task.questions++;
      for (const task of queue.filter(({ questions }) => questions > 1)) finish(task);
      queue = queue.filter(({ questions }) => questions <= 1);
      return queue.filter(({ name }) => names.includes(name));
    },
  };
  return { cluster, arrays, queued: () => queue.length };
}

const how = (
  cluster: Cluster,
  seen: [string, RunProgress][] = [],
  signal = new AbortController().signal,
) => ({
  ...{ cluster, signal, pause: 1, ask: 0 },
  watch: (run: SweepRun, progress: RunProgress) => void seen.push([run.name, progress]),
});

describe("a sweep on Slurm", () => {
  it("is split into arrays that the cluster takes, each task a run", async () => {
    const { cluster, arrays } = pretended(() => "done", { largest: 3 });
    const seen: [string, RunProgress][] = [];
    const all = await runs(7);
    const flags = { workers: 2, slurmOption: ["partition=long"] };
    await runOnSlurm(sweep, all, flags, how(cluster, seen));
    expect(arrays.map(({ count }) => count)).toEqual([3, 3, 1]);
    expect(arrays[0]).toMatchObject({ atOnce: 2, options: ["partition=long"] });
    expect(arrays[0]!.script).toMatch(
      /^#!\/bin\/sh\nexec .*main\.js' 'work' '--slurm' '.*\/slurm\/hebbian-[0-9a-f]{16}\.json'\n$/,
    );
    const done = seen.filter(([, { state }]) => state === "done").map(([name]) => name);
    expect(done.sort()).toEqual(all.map(({ name }) => name).sort());
    expect(new Set(arrays.map(({ name }) => name)).size).toBe(3);
  });

  it("asks again for what is gone without a result, and not for what waits or runs", async () => {
    const { cluster, arrays } = pretended((name, tries) =>
      name.includes("seed1-") && tries < 2 ? "lost" : "done",
    );
    await runOnSlurm(sweep, await runs(3), { workers: null }, how(cluster));
    expect(arrays.map(({ count }) => count)).toEqual([3, 1, 1]);
  });

  it("takes up what was submitted before it was killed", async () => {
    const { cluster, arrays, queued } = pretended(() => "done");
    const abort = new AbortController();
    const first = how(cluster, [], abort.signal);
    const all = await runs(2);
    await runOnSlurm(sweep, all, { workers: null }, { ...first, watch: () => abort.abort(), pause: 5 });
    expect([arrays.length, queued()]).toEqual([1, 2]);
    await runOnSlurm(sweep, all, { workers: null }, how(cluster));
    expect(arrays).toHaveLength(1);
  });

  it("gives a run up whose task never gets any further, and no other", async () => {
    const { cluster, arrays } = pretended((name) => (name.includes("seed0-") ? "lost" : "done"));
    const seen: [string, RunProgress][] = [];
    const [bad, good] = await runs(2);
    await runOnSlurm(sweep, [bad!, good!], { workers: null }, how(cluster, seen));
    expect(arrays.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1]);
    expect(seen.find(([name, { state }]) => name === bad!.name && state === "failed")![1]).toMatchObject({
      message: expect.stringMatching(/ended 5 times without getting any further; see .*logs/),
    });
    expect(failureOf(sweep, good!)).toBeNull();
  });

  it("does not give up a run that gets further each time", async () => {
    const { cluster, arrays } = pretended((name, tries) => {
      const path = runPath(attemptFolder(sweep, { name, episodes: 2 }, String(tries), "0"), { name });
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "timing.jsonl"), `{"episode":${tries + 1},"seconds":1}\n{"epis`);
      return tries < 9 ? "lost" : "done";
    });
    await runOnSlurm(sweep, await runs(1), { workers: null }, how(cluster));
    expect(arrays).toHaveLength(10);
  });

  it("notes what failed, and waits where the cluster has no room, but not where it takes nothing", async () => {
    let room = 1;
    const refuses = () => (room-- > 0 ? null : "--slurm: sbatch: Job violates accounting/QOS policy");
    const { cluster, arrays, queued } = pretended(() => "failed", { largest: 1, refuses });
    const free = {
      ...cluster,
      tasks: async (names: readonly string[]) => {
        const tasks = await cluster.tasks(names);
        room = 1 - queued();
        return tasks;
      },
    };
    const seen: [string, RunProgress][] = [];
    await runOnSlurm(sweep, await runs(3), { workers: null }, how(free, seen));
    expect(arrays).toHaveLength(3);
    expect(seen.filter(([, { state }]) => state === "failed")).toHaveLength(3);
    const closed = pretended(() => "done", { refuses: () => "--slurm: sbatch: invalid partition" });
    sweep = join(folder, "closed");
    await expect(runOnSlurm(sweep, await runs(1), { workers: null }, how(closed.cluster))).rejects.toThrow(
      /invalid partition/,
    );
  });

  it("says where Slurm is missing, and which flags do not go together", async () => {
    const plain = ["sweep", "patterns-small", "--out", join(folder, "none")];
    const both = await call([...plain, "--slurm", "--nats", "localhost"]);
    expect([both.code, both.err]).toEqual([2, "error: --nats and --slurm: choose one of the two\n"]);
    expect((await call([...plain, "--slurm-option", "partition=x"])).err).toContain("is for --slurm");
    expect((await call(["work"])).err).toContain("--nats nats://host:4222");
  });
});

describe("what Slurm says of a failure", () => {
  it("becomes one line", () => {
    const said =
      "sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition\n";
    expect(complaint("sbatch", said)).toBe(
      "invalid partition specified: nope; Batch job submission failed: Invalid partition",
    );
  });

  it("is what it could not go on without, where there is anything", () => {
    const said =
      "scontrol: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host\nscontrol: error: fetch_config: DNS SRV lookup failed\n" +
      "scontrol: fatal: Could not establish a configuration source\n";
    expect(complaint("scontrol", said)).toBe(
      "Could not establish a configuration source; is this a machine of the cluster?",
    );
  });
});

describe("a task of an array", () => {
  const io = (env: Record<string, string>) => {
    const quiet = quietIo();
    return { ...quiet, io: { ...quiet.io, env } };
  };
  /** Processes of a run that end with a code; 0 leaves a result. */
  const starts = (code: number, log: (readonly string[])[] = []): Start => {
    return (argv) => {
      log.push(argv);
      const path = argv[argv.indexOf(argv.includes("--out") ? "--out" : "--resume") + 1]!;
      if (code === 0) leaveResult(join(path, "../.."), { name: path.split("/").at(-1)! });
      return {
        onLine: () => {},
        ended: Promise.resolve({ code, err: "error: it diverged\n" }),
        stop: () => {},
      };
    };
  };
  const variables = { SLURM_ARRAY_TASK_ID: "1", SLURM_JOB_ID: "77" };

  it("carries out the run of its number, in a folder of its own, and leaves its result in the sweep", async () => {
    const [first, second] = await runs(2);
    const { path } = writeTaskList(sweep, [first!, second!], () => 0);
    const log: (readonly string[])[] = [];
    const { io: world, written } = io(variables);
    expect(await workOnTask(path, world, starts(0, log))).toBe(0);
    expect(log).toHaveLength(1);
    expect(log[0]!.at(-1)).toContain(join("slurm/attempts", second!.name, "77-0"));
    expect(existsSync(join(runPath(sweep, second!), "result.json"))).toBe(true);
    expect(existsSync(attemptFolder(sweep, second!, "77", "0"))).toBe(false);
    expect(written.out).toBe(`${second!.name}: done\n`);
    // A second time, there is nothing to do.
    expect(await workOnTask(path, world, starts(1, log))).toBe(0);
    expect(log).toHaveLength(1);
  });

  it("goes on from where the newest attempt came to", async () => {
    const [, run] = await runs(2);
    const { path } = writeTaskList(sweep, await runs(2), () => 0);
    const before = runPath(attemptFolder(sweep, run!, "70", "0"), run!);
    mkdirSync(before, { recursive: true });
    for (const file of ["config.json", "checkpoint.safetensors", "lock"])
      writeFileSync(join(before, file), "{}");
    const log: (readonly string[])[] = [];
    await workOnTask(path, io({ ...variables, SLURM_RESTART_COUNT: "3" }).io, starts(0, log));
    expect(log[0]!.slice(0, 2)).toEqual(["train", "--resume"]);
    expect(log[0]![2]).toContain("77-3");
    // Not the lock of a process that nobody can ask about.
    expect(readdirSync(runPath(sweep, run!)).sort()).toEqual([
      ...["checkpoint.safetensors", "config.json", "result.json"],
    ]);
  });

  it("notes why a run failed; not over a result that another attempt left meanwhile", async () => {
    const [, run] = await runs(2);
    const { path } = writeTaskList(sweep, await runs(2), () => 0);
    const slow: Start = (argv) => {
      leaveResult(sweep, run!);
      return starts(4)(argv);
    };
    expect(await workOnTask(path, io(variables).io, slow)).toBe(0);
    expect(failureOf(sweep, run!)).toBeNull();
    rmSync(runPath(sweep, run!), { recursive: true });
    expect(await workOnTask(path, io(variables).io, starts(4))).toBe(4);
    expect(failureOf(sweep, run!)).toEqual({ code: 4, message: "error: it diverged" });
  });

  it("refuses a run that is another by now, and to be started by hand", async () => {
    const { path } = writeTaskList(sweep, await runs(2), () => 0);
    const list = JSON.parse(readFileSync(path, "utf8"));
    list.tasks[1].id = list.tasks[1].id.replace(/.{12}$/, "0123456789ab");
    writeFileSync(path, JSON.stringify(list));
    expect(await workOnTask(path, io(variables).io, starts(0))).toBe(2);
    expect(failureOf(sweep, readTaskList(path).tasks[1]!)!.message).toMatch(
      /have changed since it was submitted/,
    );
    await expect(workOnTask(path, io({}).io, starts(0))).rejects.toThrow(/this is for Slurm to start/);
    writeFileSync(path, "{}");
    await expect(workOnTask(path, io(variables).io, starts(0))).rejects.toThrow(
      /no list of tasks, or damaged/,
    );
    expect(existsSync(slurmFolder(sweep))).toBe(true);
  });
});
