import { UsageError } from "../../exitCodes.js";
import type { Watcher } from "../local.js";
import { unpackRun } from "../packedRun.js";
import { noteFailure } from "../runState.js";
import { runPath, type SweepRun } from "../sweepRun.js";
import { type Job, outcomeSchema, resultName } from "./job.js";
import { JOB_SUBJECT, type NatsFlags, type NatsRooms, natsRooms } from "./server.js";

/** Milliseconds between two looks at what has come of runs, and after which those that are left are asked for again. */
const LOOK_MS = 1000;
const ASK_MS = 30_000;

/**
 * Has runs carried out by the workers of a server, and brings their folders here. What is asked for twice is queued once; what
 * has an outcome on the server is not run again.
 *
 * @throws UsageError for runs of modules of somebody's own, which the workers do not have
 */
export async function runOnNats(
  sweep: string,
  runs: readonly SweepRun[],
  flags: NatsFlags & { readonly lease?: number },
  { watch, signal }: { readonly watch: Watcher; readonly signal: AbortSignal },
): Promise<void> {
  for (const { name, isPortable } of runs) {
    if (!isPortable)
      throw new UsageError(
        `--nats: ${name} is made of modules or pictures of your own, which workers do not have; run it here, or with --slurm ` +
          "where the nodes see them",
      );
  }
  const rooms = await natsRooms(flags, flags.lease);
  const left = new Map(runs.map((run) => [run.id, run]));
  let asked = -Infinity;
  try {
    while (left.size > 0 && !signal.aborted) {
      try {
        if (performance.now() - asked > ASK_MS) {
          await Promise.all([...left.values()].map((run) => ask(rooms, run)));
          asked = performance.now();
        }
        for (const id of await idsOf(rooms)) {
          const run = left.get(id);
          if (run && (await fetched(sweep, run, rooms, watch))) left.delete(id);
        }
      } catch {
        // The server is away: it is asked again.
      }
      if (left.size > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    await rooms.connection.close().catch(() => {});
  }
}

/** Puts a run into the queue, unless it is there already. */
async function ask({ jetstream }: NatsRooms, { id, name, episodes, argv }: SweepRun): Promise<void> {
  const job: Job = { id, name, episodes, argv: [...argv] };
  await jetstream.publish(`${JOB_SUBJECT}.${id}`, JSON.stringify(job)).catch((error: Error) => {
    if (!/maximum messages per subject/.test(error.message)) throw error;
  });
}

async function idsOf({ outcomes }: NatsRooms): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of await outcomes.keys()) ids.push(id);
  return ids;
}

/** Brings a run's outcome here; false if it did not arrive. */
async function fetched(sweep: string, run: SweepRun, rooms: NatsRooms, watch: Watcher): Promise<boolean> {
  const entry = await rooms.outcomes.get(run.id);
  const checked = entry && outcomeSchema.check(entry.json());
  if (!checked || "faults" in checked) return false;
  const { failure } = checked.value;
  if (failure) {
    noteFailure(sweep, run, failure);
    watch(run, { state: "failed", ...failure });
    return true;
  }
  const bytes = await rooms.store.getBlob(resultName(run.id));
  if (!bytes) return false;
  unpackRun(bytes, runPath(sweep, run));
  watch(run, { state: "done" });
  return true;
}
