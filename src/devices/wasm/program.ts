import type { Machine } from "../engine/machine.js";
import { commandWords, stageWords } from "./executor.js";
import { programArea } from "./layout.js";

/** How a command's work may be divided among threads. */
export type Split =
  /** One thread does it all; kernels that count something get 0 to `extent`. */
  | { readonly by: "nothing"; readonly extent: number }
  /** Any thread may take any part of the extent, in multiples of `grain`. */
  | { readonly by: "rows"; readonly extent: number; readonly grain: number; readonly work: number }
  /** Every episode is independent: consecutive commands of this kind need not wait for each other. */
  | { readonly by: "episodes"; readonly work: number };

interface Stage {
  readonly by: Split["by"];
  readonly extent: number;
  readonly grain: number;
  readonly group: number;
  work: number;
  /** Table index, address of arguments, extent; for each command. */
  readonly commands: number[];
}

/** A part of the memory, for programs. */
interface Area {
  readonly from: number;
  readonly to: number;
}

/** A program in memory, ready to run as often as wanted. */
export interface SealedProgram {
  readonly address: number;
  readonly together: boolean;
}

/** Work (elements touched) under which a second thread costs more than it brings. */
const worthSharing = 20_000;

/** Records commands, in stages, and runs them when somebody wants a result. */
export class Program {
  private stages: Stage[] = [];
  private cursor: number;
  private words = 0;
  private batch = 1;
  private group = 1;
  /** Where programs are recorded that nobody keeps. */
  private readonly ownArea: Area;
  private area: Area;
  private capturing = false;
  private interrupted = false;

  constructor(private readonly machine: Machine) {
    const { start } = machine.memory;
    this.ownArea = { from: start + programArea.from, to: start + programArea.to };
    this.area = this.ownArea;
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

  /** Room for `count` argument words; returns their address. */
  reserve(count: number): number {
    // What a stage and its command take is kept free behind the arguments.
    const bytes = (count + this.words + 2 * (stageWords + commandWords)) * this.machine.target.wordBytes;
    if (this.cursor + bytes > this.area.to) this.flush();
    const address = this.cursor;
    this.cursor += count * this.machine.target.wordBytes;
    return address;
  }

  push(kernel: number, split: Split, words: ArrayLike<number>): void {
    const address = this.reserve(words.length);
    this.machine.memory.writeWords(address, words);
    this.pushAt(kernel, split, address);
  }

  /** As `push`, with arguments that are already in memory. */
  pushAt(kernel: number, split: Split, address: number): void {
    const stage = this.stageFor(split);
    stage.commands.push(kernel, address, split.by === "episodes" ? stage.extent : split.extent);
    stage.work += split.by === "nothing" ? 0 : split.work;
    this.words += commandWords;
  }

  private stageFor(split: Split): Stage {
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
    this.area = this.ownArea;
    this.cursor = this.area.from;
    this.capturing = false;
    return piece;
  }

  run({ address, together }: SealedProgram): void {
    this.machine.run(address, together);
  }

  /** Writes the stages behind their arguments and forgets them. */
  private seal(): SealedProgram {
    const { memory, target } = this.machine;
    const address = this.cursor;
    const words: number[] = [];
    let together = false;
    for (const stage of this.stages) {
      const alone = stage.by === "nothing";
      together ||= !alone && this.isShared(stage.work);
      const { commands, extent, grain, group } = stage;
      words.push(commands.length / commandWords, extent, grain, group, alone ? 1 : 0);
      for (const word of commands) words.push(word);
    }
    words.push(0);
    memory.writeWords(address, words);
    this.cursor = address + words.length * target.wordBytes;
    this.stages = [];
    this.words = 0;
    return { address, together };
  }
}
