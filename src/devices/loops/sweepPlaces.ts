/** Where the numbers of a sweep lie: its arguments, where things begin in an episode, and the pointers along a row. */
import type { Output, Pass, PassInput, SharedSum } from "../passes/pass.js";
import { type Code, get, word } from "./code.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { strideOf, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** Sums that several threads may each have a part of, `slot:` bytes apart. Sums for each row of an episode are not such. */
const slotOf = ({ at }: Output): string => `slot:${at}`;
const hasSlot = ({ how, along, own }: Output): boolean => how === "sum" && !(along === "pre" && own);

/** Where a thread adds up a sum that several outputs share, of the episode at hand: `column:` and its name. */
export const columnSum = ({ name, formula }: SharedSum): Output => ({
  ...{ to: name, at: `column:${name}`, along: "post", own: false, how: "sum", adds: false, terms: [] },
  formula,
});

/**
 * The argument words of a sweep kernel, in order, by name. `byRows`: 1 where threads divide the rows of one episode;
 * `descending`: 1 where rows and columns go from last to first; then the places of inputs, outputs and column sums.
 */
export function sweepArguments({ inputs, outputs, columnSums = [] }: Pass): string[] {
  const sums = [...outputs, ...columnSums.map(columnSum)];
  const places = [
    ...inputs.map(({ at }) => at),
    ...sums.flatMap((output) => (hasSlot(output) ? [output.at, slotOf(output)] : [output.at])),
  ];
  return ["byRows", "descending", ...new Set(places)];
}

/** Something whose columns a sweep walks through: a matrix row by row, or one row again and again. */
interface Stream {
  readonly pointer: Local;
  /** Where it begins in this episode. */
  readonly base: Local;
  readonly along: "connection" | "post";
}

type Numbers = Pick<PassInput, "at" | "along" | "own">;

export class SweepPlaces {
  /** Episode and row at hand. */
  readonly b: Local;
  readonly r: Local;
  /** Bytes from a row's start to the first turn of its loop, and from one turn to the next. */
  readonly begin: Local;
  readonly stride: Local;
  /** Bytes from a matrix's start to the place in the row at hand. */
  readonly place: Local;
  readonly rowBytes: number;
  /** Where things begin in the episode at hand, computed once an episode. */
  readonly bases = new Map<string, { readonly local: Local; readonly code: Code }>();
  /** Those of the block of rows that code is being made for. */
  readonly streams = new Map<string, Stream>();
  /** The row of the block, and the vector from the pointers on. */
  here = { row: 0, vector: 0 };
  private readonly words: readonly string[];
  private readonly thread: Local;
  /** Bytes that each episode has of what differs along a rate. */
  private readonly episodeBytes: Readonly<Record<Exclude<PassInput["along"], "layer">, number>>;

  constructor(
    private readonly f: FunctionBuilder,
    pass: Pass,
  ) {
    const { pre, post } = pass.axes as { readonly pre: number; readonly post: number };
    const bytes = (cols: number) => strideOf(cols, f.target) * 4;
    this.rowBytes = bytes(post);
    this.episodeBytes = {
      ...{ episode: bytes(1), pre: bytes(pre), post: this.rowBytes, connection: pre * this.rowBytes },
    };
    this.words = sweepArguments(pass);
    this.thread = f.params[3]!;
    this.b = f.local("i32");
    this.r = f.local("i32");
    this.begin = f.local("i32");
    this.stride = f.local("i32");
    this.place = f.local("i32");
  }

  word(name: string): Code {
    const index = this.words.indexOf(name);
    if (index < 0) throw new Error(`this sweep has no argument ${name}`);
    return word(index, name);
  }

  /** An input's value at the row and vector at hand. */
  load(input: PassInput): Code {
    switch (input.along) {
      case "layer":
        return vector.loadSplat(this.word(input.at));
      case "episode":
        return vector.loadSplat(this.inEpisode(input));
      case "pre":
        return vector.loadSplat(this.rowAt(input), 4 * this.here.row);
      default:
        return vector.load(...this.vectorAt(input));
    }
  }

  /** Where the vector at hand of what has columns lies: a pointer, and how far from it. */
  vectorAt(numbers: PassInput | Output): [pointer: Code, offset: number] {
    const { at, along } = numbers as Numbers & Pick<Stream, "along">;
    const base = this.base(numbers);
    let stream = this.streams.get(at);
    if (!stream) {
      stream = { pointer: this.f.local("i32"), base, along };
      this.streams.set(at, stream);
    }
    const offset = this.here.vector * vectorBytes(this.f.target);
    return [get(stream.pointer), along === "post" ? offset : this.here.row * this.rowBytes + offset];
  }

  /** Where the number of row r of the episode lies. */
  rowAt(numbers: PassInput | Output): Code {
    return i32.add(get(this.base(numbers)), i32.shl(get(this.r), i32.const(2)));
  }

  /** Where the numbers begin in this episode; sums: in this thread's slot. */
  base(numbers: PassInput | Output): Local {
    let base = this.bases.get(numbers.at);
    if (!base) {
      const at = this.inEpisode(numbers);
      const code = "how" in numbers && hasSlot(numbers) ? this.inSlot(at, numbers) : at;
      base = { local: this.f.local("i32"), code };
      this.bases.set(numbers.at, base);
    }
    return base.local;
  }
  /** Where the single number of an episode lies. */
  inEpisode({ at, along, own }: Numbers): Code {
    if (!own || along === "layer") return this.word(at);
    return i32.add(this.word(at), i32.mul(get(this.b), i32.const(this.episodeBytes[along])));
  }
  inSlot(at: Code, output: Output): Code {
    return i32.add(at, i32.mul(get(this.thread), this.word(slotOf(output))));
  }
}
