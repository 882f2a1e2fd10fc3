import { attempt, measuredRanges } from "./attempt.js";
import { described, expectOptions } from "./bytes.js";
import { differences, type TraceDifference } from "./diff.js";
import { modes } from "./emit.js";
import type { Engine } from "./engine.js";
import { initialRanges } from "./foresight.js";
import { givenInputs, type StepInput } from "./given.js";
import { fill } from "./layout.js";
import { expectIndex, type Matrix, type Synapse, synapseOf, traceOf, vectorOf, weightsOf } from "./look.js";
import { type BeginOptions, type Moment, putMoment, takeMoment } from "./moment.js";
import type { Ranges } from "./range.js";
import { isThere, type Seen } from "./rooms.js";
import { encodeSnapshot, type SnapshotOptions } from "./snapshot.js";

/** Gives back the memory of lives that nobody can reach any more. Some servers' runtimes have no such thing. */
const abandoned =
  typeof FinalizationRegistry === "undefined"
    ? null
    : new FinalizationRegistry<() => void>((release) => release());

/**
 * A network that lives: every step it answers, and its traces learn. Made by `model.begin` and `model.resume`.
 * Everything is computed at once, on the thread that calls; the same steps give the same bits everywhere.
 */
export class Life {
  readonly batch: number;
  readonly halfLife: number;
  #lived = 0;
  #still = false;
  /** Where the lives lie; null after `end`. */
  #address: number | null;
  readonly #kept: number;
  /** What the traces may be by now. */
  #ranges: Ranges = new Map();
  /** What the last step of each life left to be looked at; null before the first. */
  #seen: (Seen | null)[] = [];
  readonly #release: () => void;

  /** For `Model` only. */
  /** @internal */
  constructor(
    private readonly engine: Engine,
    { batch = 1, halfLife = Number.POSITIVE_INFINITY }: BeginOptions,
  ) {
    if (!Number.isInteger(batch) || batch < 1) {
      throw new RangeError(`begin: batch must be a whole number of lives from 1, got ${described(batch)}`);
    }
    if (!(typeof halfLife === "number" && halfLife > 0)) {
      throw new RangeError(
        `begin: halfLife must be a number of steps above 0, got ${described(halfLife)}; leave it out for none`,
      );
    }
    this.batch = batch;
    this.halfLife = halfLife;
    this.#kept = shareKept(halfLife);
    const { memory, layout } = engine;
    const bytes = batch * layout.life.bytes;
    const address = memory.keepZeroed(bytes);
    this.#address = address;
    this.#release = releaser(engine, address, bytes);
    abandoned?.register(this, this.#release, this);
    this.#start();
  }

  /** Steps lived since `begin` or `reset`. */
  get steps(): number {
    return this.#lived;
  }
  /** Whether it has stopped learning. */
  get frozen(): boolean {
    return this.#still;
  }

  /** As `begin` made it: nothing learned, nothing active, not frozen. */
  reset(): void {
    const { memory, layout } = this.engine;
    const start = this.#living("reset");
    memory.f32.fill(0, start / 4, (start + this.batch * layout.life.bytes) / 4);
    this.#start();
  }

  /** Where memory is zero by now. */
  #start(): void {
    const { architecture, layout, memory } = this.engine;
    const { carried, traces } = layout.life;
    for (const life of this.#starts("begin")) {
      for (const { name, start } of architecture.states) fill(memory.f32, life, carried.get(name)!, start);
      for (const { name, rule } of architecture.connections) {
        for (const [trace, place] of traces.get(name)!) {
          // Most begin at zero: what is not touched takes no memory yet.
          if (rule.initial[trace] !== 0) fill(memory.f32, life, place, rule.initial[trace]!);
        }
      }
    }
    this.#leave();
    this.#ranges = initialRanges(this.engine);
    this.#lived = 0;
    this.#still = false;
  }

  /** What steps have left is seen no more. */
  #leave(seen: readonly (Seen | null)[] = []): void {
    for (const each of this.#seen) this.engine.rooms.give(each);
    this.#seen = Array.from({ length: this.batch }, (_, b) => seen[b] ?? null);
  }

  /** From now on, traces keep their bits; the network goes on answering. */
  freeze(): void {
    this.#living("freeze");
    this.#still = true;
  }
  /** Lets it learn again, from the traces that it was frozen with. */
  thaw(): void {
    this.#living("thaw");
    this.#still = false;
  }

  /**
   * One time step. `input` [batch, size]; the answer is [batch, outputs], an array of its own. A whole number in place of a vector
   * is the place of a 1 among zeros (a word, a class), from 0; [batch] of them for several lives.
   * A model with several inputs takes them by name; which may be left out, the model says.
   *
   * @throws RangeError for another count of numbers, or a place that the input has not, TypeError for inputs that the model does not
   *   take together, RangeError for an input that is not finite in float32, or that leads to an answer, state or trace that is not.
   *   After any of these, the life is where it was, bit for bit.
   */
  step(input: StepInput): Float32Array {
    const { architecture } = this.engine;
    this.#living("step");
    const given = givenInputs(input, architecture.inputs, this.batch);
    const program = architecture.programs.findIndex(
      (each) => each.given.length === given.size && each.given.every((name) => given.has(name)),
    );
    if (program < 0) {
      const known = architecture.programs.map((each) => each.given.join(" and ")).join(", or ");
      throw new TypeError(
        `step: the model takes ${known || "no input"}, got ${[...given.keys()].join(" and ")}`,
      );
    }
    const fades = this.halfLife < Number.POSITIVE_INFINITY;
    const mode = this.#still ? modes.frozen : fades ? modes.fading : modes.learning;
    const [kept, traces] = [this.#kept, this.#ranges];
    const done = attempt(this.engine, this.#starts("step"), { program, given, mode, kept, traces });
    if (typeof done === "string") {
      throw new RangeError(
        `step: ${done} of step ${this.#lived + 1} is not finite: the network runs away; the life has not moved: ` +
          "give it other numbers, resume an earlier snapshot, or reset()",
      );
    }
    this.#leave(done.seen);
    this.#ranges = done.traces;
    this.#lived++;
    return done.answer;
  }

  /** An independent copy of this moment. */
  fork(): Life {
    const { memory, layout, rooms } = this.engine;
    const start = this.#living("fork");
    const copy = new Life(this.engine, this);
    const bytes = this.batch * layout.life.bytes;
    memory.f32.copyWithin(copy.#living("fork") / 4, start / 4, (start + bytes) / 4);
    copy.#seen = this.#seen.map((seen) => seen && rooms.copy(seen));
    copy.#ranges = this.#ranges;
    copy.#lived = this.#lived;
    copy.#still = this.#still;
    return copy;
  }

  /**
   * This moment as bytes (safetensors), for `model.resume`: traces and states, and nothing else. `{ precision: "float16" }`
   * halves them, and rounds every number to three digits or so.
   * @throws RangeError for a number that is too large for float16 (above 65,504); TypeError for other options
   */
  snapshot(options: SnapshotOptions = {}): Uint8Array {
    expectOptions("snapshot", options, ["precision"]);
    return encodeSnapshot(this.engine, this.#moment(), this, options);
  }

  /** How far the traces of two lives of one model are from each other. Throws a TypeError for lives that cannot be compared. */
  diff(other: Life): TraceDifference[] {
    if (!(other instanceof Life) || other.engine !== this.engine || other.batch !== this.batch) {
      throw new TypeError("diff: the other life must be of the same model, and as many side by side");
    }
    return differences(this.engine, this.#moment(), other.#moment());
  }

  /** A copy of a trace of life `b`, [pre, post]; the first of the first connection unless named. Throws a RangeError for what there is not. */
  trace(connection?: string, trace?: string, b = 0): Matrix {
    return traceOf(this.engine, this.#of("trace", b), connection, trace);
  }

  /** The effective weights of a connection of life `b`, [pre, post], as the rule's `weight` says. Throws as `trace`. */
  effective(connection?: string, b = 0): Matrix {
    return weightsOf(this.engine, this.#of("effective", b), connection);
  }

  /** One connection between two neurons of life `b`. Throws as `trace`. */
  synapse(connection: string | undefined, pre: number, post: number, b = 0): Synapse {
    return synapseOf(this.engine, this.#of("synapse", b), this.#seenBy("synapse", b), connection, pre, post);
  }

  /**
   * A copy of a vector of life `b` as the last step left it: zeros before the first, and where that step computed no such.
   * `model.values` are the names. To be looked at after a step: a model keeps the vectors of the lives that stepped last,
   * as many as 1 MB holds. Throws as `trace`, and an Error for a life whose vectors are gone.
   */
  value(name: string, b = 0): Float32Array {
    this.#of("value", b);
    return vectorOf(this.engine, this.#seenBy("value", b), name);
  }

  /** Gives its memory back. The life is over; its snapshots are not. */
  end(): void {
    if (this.#address === null) return;
    abandoned?.unregister(this);
    this.#leave();
    this.#address = null;
    this.#release();
  }

  /** For `Model` only: takes over a moment of as many lives side by side. */
  restore(moment: Moment): void {
    const starts = this.#starts("resume");
    putMoment(this.engine, starts, moment);
    this.#leave();
    this.#ranges = measuredRanges(this.engine, starts);
    this.#lived = moment.steps;
    this.#still = moment.frozen;
  }

  #moment(): Moment {
    return takeMoment(this.engine, this.#starts("snapshot"), this.#lived, this.#still);
  }

  /** What the last step of life `b` left. */
  #seenBy(doing: string, b: number): Seen | null {
    const seen = this.#seen[b]!;
    if (!seen || isThere(seen)) return seen;
    throw new Error(
      `${doing}: what this life's last step computed is gone, for other lives have taken theirs since; look at it before they do`,
    );
  }

  #living(doing: string): number {
    if (this.#address !== null) return this.#address;
    throw new Error(`${doing}: this life is over, end() was called; begin or resume another`);
  }
  #starts(doing: string): number[] {
    return Array.from({ length: this.batch }, (_, b) => this.#of(doing, b));
  }
  /** Where life `b` begins. */
  #of(doing: string, b: number): number {
    expectIndex(`${doing}: the life`, b, this.batch);
    return this.#living(doing) + b * this.engine.layout.life.bytes;
  }
}

/** Gives memory back; by itself, so that nothing here holds on to the life. */
const releaser =
  ({ memory }: Engine, address: number, bytes: number): (() => void) =>
  () =>
    memory.release(address, bytes);

/** 2^(-1 / halfLife) by exp's series, for the host's own functions may differ in their last bit. */
function shareKept(halfLife: number): number {
  const x = Math.LN2 / halfLife;
  let [sum, term] = [1, 1];
  for (let n = 1; term > sum * 2 ** -60 && sum < Number.POSITIVE_INFINITY; n++) {
    term *= x / n;
    sum += term;
  }
  return 1 / sum;
}
