import { JsonlLog } from "./jsonlLog.js";
import type { MetricsLine } from "./metrics.js";
import { MetricsTable } from "./metricsTable.js";
import type { RunFolder } from "./runFolder.js";
import { EventLog } from "./tensorboard/eventLog.js";

/** Milliseconds after which what is written can be seen by whoever looks on, however slow a run is. */
const SEEN_WITHIN = 5000;

/** The clocks of the world: see `Io`. */
export interface Clocks {
  now(): number;
  wallTime(): number;
}

/**
 * What a run writes down of every episode: metrics.jsonl, from which the others follow, metrics.csv, and, if asked for, an
 * event file for TensorBoard.
 */
export class MetricsLogs {
  private shown: number;

  private constructor(
    private readonly folder: RunFolder,
    private readonly clocks: Clocks,
    private readonly lines: JsonlLog,
    private table: MetricsTable,
    private readonly events: EventLog | null,
  ) {
    this.shown = clocks.now();
  }

  /** `resumeAt`: how long metrics.jsonl was at the checkpoint that a run goes on from. Throws a FileError. */
  static open(folder: RunFolder, resumeAt: number, tensorboard: boolean, clocks: Clocks): MetricsLogs {
    const { metrics, table: tablePath, events: eventsPath } = folder.file;
    const opened: { close(): unknown }[] = [];
    const opening = <Log extends { close(): unknown }>(log: Log): Log => {
      opened.push(log);
      return log;
    };
    try {
      const lines = opening(JsonlLog.open(metrics, { resumeAt }));
      const table = opening(MetricsTable.open(tablePath, metrics));
      const events = tensorboard
        ? opening(EventLog.open(eventsPath, metrics, () => clocks.wallTime() / 1000))
        : null;
      return new MetricsLogs(folder, clocks, lines, table, events);
    } catch (error) {
      for (const log of opened) log.close();
      throw error;
    }
  }

  append(line: MetricsLine): void {
    this.lines.append(line);
    if (this.table.takes(line)) this.table.append(line);
    else this.remakeTable();
    this.events?.append(line);
    if (this.clocks.now() - this.shown >= SEEN_WITHIN) this.flush();
  }

  /** The test of the network that the run ended with. */
  appendTest(episode: number, scores: Readonly<Record<string, unknown>>): void {
    const numbers = Object.entries(scores).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    this.events?.appendTest(episode, Object.fromEntries(numbers));
  }

  /** Brings all to the disk; returns how long metrics.jsonl is, for the checkpoint. */
  sync(): number {
    this.table.sync();
    this.events?.sync();
    return this.lines.sync();
  }

  /** Syncs and closes all, also where one of them fails. */
  close(): void {
    try {
      this.lines.close();
    } finally {
      try {
        this.table.close();
      } finally {
        this.events?.close();
      }
    }
  }

  private flush(): void {
    this.shown = this.clocks.now();
    this.lines.flush();
    this.table.flush();
    this.events?.flush();
  }

  private remakeTable(): void {
    this.lines.flush();
    const remade = MetricsTable.open(this.folder.file.table, this.folder.file.metrics);
    this.table.close();
    this.table = remade;
  }
}
