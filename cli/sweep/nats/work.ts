import { rmSync, statSync } from "node:fs";
import type { JsMsg } from "@nats-io/jetstream";
import { codeOf, type Signal, UsageError } from "../../exitCodes.js";
import type { Io } from "../../io.js";
import { RunFolder } from "../../runFolder.js";
import { type RunProgress, runOne, startProcess } from "../local.js";
import { packedRun, unpackRun } from "../packedRun.js";
import { codePart, runPath } from "../sweepRun.js";
import { type Job, jobSchema, type Outcome, resultName, stateName } from "./job.js";
import { LEASE, type NatsFlags, type NatsRooms, natsRooms } from "./server.js";

export interface WorkFlags extends NatsFlags {
  /** Where runs lie while they are at work. */
  readonly out: string;
  readonly workers: number;
  readonly lease?: number;
}

/** Milliseconds that a worker asks for a job before it asks again, and waits where the server is away. */
const ASK_MS = 5000;
const AWAY_MS = 1000;

/** Takes runs from a server, until a signal comes. Returns the exit code. */
export async function work(flags: WorkFlags, io: Io): Promise<number> {
  const lease = flags.lease ?? LEASE;
  const rooms = await natsRooms(flags, lease);
  const abort = new AbortController();
  let stoppedBy: Signal | null = null;
  const stopListening = io.onSignal((signal) => {
    stoppedBy = signal;
    io.stdout.write(`${signal}: giving jobs back after a checkpoint\n`);
    abort.abort();
  });
  io.stdout.write(`Waiting for runs, ${flags.workers} at a time; Ctrl-C ends it\n`);
  const worker = async () => {
    while (!abort.signal.aborted) {
      try {
        const message = await rooms.jobs.next({ expires: ASK_MS });
        if (message) await take(message, rooms, { ...flags, lease, signal: abort.signal, io });
      } catch (error) {
        if (error instanceof UsageError) throw error;
        // The server is away, or was while something was on its way: the job comes back when its lease has ended.
        await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: flags.workers }, worker));
  } finally {
    stopListening();
    await rooms.connection.close().catch(() => {});
  }
  return stoppedBy === null ? codeOf("ok") : codeOf(stoppedBy);
}

interface Place {
  readonly out: string;
  readonly lease: number;
  readonly signal: AbortSignal;
  readonly io: Io;
}

/**
 * Carries a job out. The outcome is written before the job is ticked off, and only if there is none yet: whoever does the same
 * job a second time, as its lease had ended, finds it there and changes nothing.
 */
async function take(message: JsMsg, rooms: NatsRooms, { out, lease, signal, io }: Place): Promise<void> {
  const { store, outcomes } = rooms;
  const checked = jobSchema.check(message.json());
  if ("faults" in checked) return message.term("no job of this version");
  const job = checked.value;
  if (codePart(job.id) !== codePart()) {
    io.stderr.write(
      `note: ${job.name} wants another version of the program than this one; left for others\n`,
    );
    return message.nak(lease * 1000);
  }
  if (await outcomes.get(job.id)) return tickOff(message);
  const path = runPath(out, job);
  rmSync(path, { recursive: true, force: true });
  const state = await store.getBlob(stateName(job.id)).catch(() => null);
  if (state) unpackRun(state, path);
  const keeper = keep(message, job, rooms, path, lease);
  let progress: RunProgress;
  try {
    progress = await runOne(out, job, { watch: () => {}, signal, start: startProcess });
  } finally {
    await keeper.end();
  }
  if (progress.state === "stopped") {
    await keeper.save();
    return message.nak();
  }
  const failure = progress.state === "failed" ? { code: progress.code, message: progress.message } : null;
  // Whoever comes back after its lease has ended may find that another has done it.
  const isNew = (await outcomes.get(job.id)) === null;
  if (!failure && isNew) await store.putBlob({ name: resultName(job.id) }, packedRun(path)!);
  const outcome: Outcome = { name: job.name, failure };
  // There may be one by now, which stays.
  await outcomes.create(job.id, JSON.stringify(outcome)).catch(async (error) => {
    if (!(await outcomes.get(job.id))) throw error;
  });
  await tickOff(message);
  await store.delete(stateName(job.id)).catch(() => {});
  rmSync(path, { recursive: true, force: true });
  io.stdout.write(`${job.name}: ${failure ? `failed: ${failure.message}` : "done"}\n`);
}

async function tickOff(message: JsMsg): Promise<void> {
  await message.ackAck();
}

/** Renews a job's lease while it is at work, and keeps its newest checkpoint on the server. */
function keep(message: JsMsg, job: Job, { store }: NatsRooms, path: string, lease: number) {
  let saved = 0;
  let saving: Promise<void> = Promise.resolve();
  const save = async () => {
    const time = statSync(new RunFolder(path).file.checkpoint, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time <= saved) return;
    const bytes = packedRun(path);
    if (bytes) await store.putBlob({ name: stateName(job.id) }, bytes);
    saved = time;
  };
  const timer = setInterval(
    () => {
      try {
        message.working();
      } catch {
        // Not connected right now.
      }
      saving = saving.then(save).catch(() => {});
    },
    (lease * 1000) / 3,
  );
  return {
    save: () => save().catch(() => {}),
    end: async () => {
      clearInterval(timer);
      await saving;
    },
  };
}
