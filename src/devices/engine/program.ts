import type { EngineBuffer } from "./buffer.js";
import type { Command, WorkSplit } from "./command.js";
import type { Area, Machine } from "./machine.js";
import type { Slots, Sums } from "./sums.js";

/** Words of a stage: commands, extent, grain, group, 1 if it is for thread 0 alone. */
export const stageWords = 5;
/** Words of a command: table index, address of its arguments, extent. */
export const commandWords = 3;

interface Stage {
  readonly by: WorkSplit["by"];
  readonly extent: number;
  readonly grain: number;
  readonly group: number;
  work: number;
  /** Table index, address of arguments, extent; for each command. */
  readonly commands: number[];
}

/** A program in memory, ready to run as often as wanted. */
export interface SealedProgram {
  readonly address: number;
  readonly together: boolean;
}

/** Work (elements touched) of a command under which dividing it costs more than it brings. */
const worthSharing = 20_000;
/** What one element takes, about, and what threads cost: to set out together, and to meet after a stage. Nanoseconds. */
const elementTime = 0.1;
const startTime = 20_000;
const meetingTime = 700;
const none: readonly EngineBuffer[] = [];

/** Records commands, in stages, and runs them when somebody wants a result. */
export class Program {
  private stages: Stage[] = [];
  private cursor: number;
  private words = 0;
  private batch = 1;
  private group = 1;
  private area: Area;
  private capturing = false;
  private interrupted = false;

  constructor(
    private readonly machine: Machine,
    private readonly sums: Sums,
  ) {
    this.area = machine.programArea;
    this.cursor = this.area.from;
  }

  /** Episodes that run side by side, and how many of them a thread takes through a stage at once. */
  setBatch(batch: number, group = batch): void {
    this.batch = batch;
    this.group = group;
  }

  /** True if a split of this kind would be carried out by several threads. */
  isShared(work: number): boolean {
    return this.machine.threads > 1 && work >= worthSharing;
  }

  /**
   * Records a command. Everything that has to be so before one runs is seen to here and nowhere else: sums that wait in the
   * threads' slots are added up if it needs them, and its buffers count as used, so that the host waits for it.
   */
  push(command: Command): void {
    const { kernel, split, reads = none, writes = none, adds = none } = command;
    if (this.sums.anyDeferred && this.mustSettle(split, reads, writes, adds)) this.settle();
    for (const buffer of reads) buffer.used = true;
    for (const buffer of writes) buffer.used = true;
    for (const buffer of adds) buffer.used = true;
    const address = this.place(
      typeof command.words === "function" ? command.words() : command.words,
      command.table,
    );
    const stage = this.stageFor(split);
    stage.commands.push(kernel, address, split.by === "episodes" ? stage.extent : split.extent);
    stage.work += split.by === "nothing" ? 0 : split.work;
    this.words += commandWords;
  }

  /** Sums that others go on adding to, episode by episode, may wait; where all threads meet in any case, they need not. */
  private mustSettle(
    split: WorkSplit,
    reads: readonly EngineBuffer[],
    writes: readonly EngineBuffer[],
    adds: readonly EngineBuffer[],
  ): boolean {
    if (split.by !== "episodes") return reads.length + writes.length + adds.length > 0;
    const waits = (buffer: EngineBuffer) => this.sums.isDeferred(buffer);
    return reads.some(waits) || writes.some(waits);
  }

  /** Adds up all sums that were deferred. */
  settle(): void {
    if (!this.sums.anyDeferred) return;
    for (const command of this.sums.due()) this.push(command);
  }

  /** As `Sums.combine`, adding, when sums are settled. */
  combineLater(slots: Slots, target: EngineBuffer): void {
    if (this.sums.isDeferred(target)) this.settle();
    this.sums.deferFull(slots, target);
  }

  /** Puts argument words into the program's memory, after running it where they do not fit. */
  private place(words: number[], table?: Command["table"]): number {
    const { arena, target } = this.machine;
    const more = table?.words ?? [];
    // What a stage and its command take is kept free after the arguments.
    const count = words.length + more.length + this.words + 2 * (stageWords + commandWords);
    if (this.cursor + count * target.wordBytes > this.area.to) this.flush();
    const address = this.cursor;
    const tableAddress = address + words.length * target.wordBytes;
    if (table) words[table.at] = tableAddress;
    arena.putWords(address, words);
    if (table) arena.putWords(tableAddress, more);
    this.cursor = tableAddress + more.length * target.wordBytes;
    return address;
  }

  private stageFor(split: WorkSplit): Stage {
    const latest = this.stages.at(-1);
    const by = split.by === "rows" && !this.isShared(split.work) ? "nothing" : split.by;
    const joins =
      by === "nothing" || (by === "episodes" && latest?.extent === this.batch && latest.group === this.group);
    if (latest && by === latest.by && joins) return latest;
    const stage: Stage =
      split.by === "rows"
        ? { by, extent: split.extent, grain: split.grain, group: split.extent, work: 0, commands: [] }
        : { by, extent: this.batch, grain: 1, group: this.group, work: 0, commands: [] };
    this.stages.push(stage);
    this.words += stageWords;
    return stage;
  }

  /** Runs everything recorded. */
  flush(): void {
    if (this.stages.length === 0) {
      if (!this.capturing) this.cursor = this.area.from;
      return;
    }
    this.interrupted = true;
    this.run(this.seal());
    this.cursor = this.area.from;
  }

  /** From here on commands are recorded into `area` (which stays theirs), until `endCapture`. */
  beginCapture(area: Area): void {
    this.flush();
    this.area = area;
    this.cursor = area.from;
    this.capturing = true;
    this.interrupted = false;
  }

  /**
   * Runs what was recorded since the capture began or since the last piece of it; returns it for further runs, or null
   * if it could not be held back until now.
   */
  endPiece(): SealedProgram | null {
    const sealed = this.seal();
    this.run(sealed);
    return this.interrupted ? null : sealed;
  }

  /** Ends the capture with its last piece, as `endPiece`. */
  endCapture(): SealedProgram | null {
    const piece = this.endPiece();
    this.area = this.machine.programArea;
    this.cursor = this.area.from;
    this.capturing = false;
    return piece;
  }

  run({ address, together }: SealedProgram): void {
    this.machine.run(address, together);
  }

  /** True if what the threads save by dividing the recorded stages is more than their meetings cost. */
  private isWorthAllThreads(): boolean {
    const { threads } = this.machine;
    if (threads === 1) return false;
    const shared = this.stages.filter(({ by, work }) => by !== "nothing" && this.isShared(work));
    const saved = shared.reduce((sum, { work }) => sum + work, 0) * elementTime * (1 - 1 / threads);
    return saved > startTime + this.stages.length * meetingTime;
  }

  /** Writes the stages after their arguments and forgets them. */
  private seal(): SealedProgram {
    const { arena, target } = this.machine;
    const address = this.cursor;
    const words: number[] = [];
    const together = this.isWorthAllThreads();
    for (const { by, extent, grain, group, commands } of this.stages) {
      const alone = by === "nothing";
      words.push(commands.length / commandWords, extent, grain, group, alone ? 1 : 0);
      for (const word of commands) words.push(word);
    }
    words.push(0);
    arena.putWords(address, words);
    this.cursor += words.length * target.wordBytes;
    this.stages = [];
    this.words = 0;
    return { address, together };
  }
}
