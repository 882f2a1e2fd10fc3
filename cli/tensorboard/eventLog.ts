import { existsSync } from "node:fs";
import { AppendLog } from "../appendLog.js";
import { explained } from "../files.js";
import { type MetricsLine, readMetrics } from "../metrics.js";
import { scalarsEvent, TIME_BYTES, versionEvent } from "./event.js";
import { readRecords, record } from "./records.js";

/** Seconds since 1970. */
type Clock = () => number;

/**
 * A file of events for TensorBoard: the version, then an event for each line of metrics.jsonl, its numbers under `train/`,
 * then, once the run has finished, one with those of the test under `test/`. Whenever a run goes on, the file is cut to what
 * agrees with metrics.jsonl, and what is missing is added: no event is doubled or lost, whatever was killed when. Times are
 * those at which events were written.
 */
export class EventLog {
  private constructor(
    private readonly log: AppendLog,
    private readonly clock: Clock,
  ) {}

  /** Opens the file at `path`, made to agree with the lines in `metrics`. Throws a FileError. */
  static open(path: string, metrics: string, clock: Clock): EventLog {
    const { end, lines } = agreeing(path, metrics);
    const events = new EventLog(AppendLog.open(path, { keep: end }), clock);
    try {
      if (end === 0) events.log.append(record(versionEvent(clock())));
      let k = 0;
      for (const line of readMetrics(metrics, "episode")) if (k++ >= lines) events.append(line);
      events.flush();
      return events;
    } catch (error) {
      events.close();
      throw error;
    }
  }

  append(line: MetricsLine): void {
    this.log.append(record(trainEvent(this.clock(), line)));
  }

  /** What the test on fresh episodes said of the network of an episode. */
  appendTest(episode: number, scores: Readonly<Record<string, number>>): void {
    this.log.append(record(scalarsEvent(this.clock(), episode, under("test", scores))));
  }

  flush(): void {
    this.log.flush();
  }

  sync(): void {
    this.log.sync();
  }

  close(): void {
    this.log.close();
  }
}

const under = (group: string, scores: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(scores).map(([name, value]) => [`${group}/${name}`, value]));

function trainEvent(seconds: number, { episode, ...scores }: MetricsLine): Uint8Array {
  return scalarsEvent(seconds, episode!, under("train", scores));
}

/** How many bytes of an event file, and how many of the lines, say the same. */
function agreeing(path: string, metrics: string): { readonly end: number; readonly lines: number } {
  if (!existsSync(path)) return { end: 0, lines: 0 };
  return explained("read", path, () => {
    const records = readRecords(path);
    let [end, lines] = [0, 0];
    try {
      const first = records.next();
      if (first.done || !isSame(first.value.data, versionEvent(0))) return { end, lines };
      end = first.value.end;
      for (const line of readMetrics(metrics, "episode")) {
        const found = records.next();
        if (found.done || !isSame(found.value.data, trainEvent(0, line))) break;
        end = found.value.end;
        lines++;
      }
      return { end, lines };
    } finally {
      records.return(undefined);
    }
  });
}

/** Whether two events say the same, whenever they were written. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  Buffer.compare(a.subarray(TIME_BYTES), b.subarray(TIME_BYTES)) === 0;
