import { modes } from "./emit.js";
import type { Engine } from "./engine.js";
import { foretold } from "./foresight.js";
import { type Place, read } from "./layout.js";
import { traceKey } from "./moment.js";
import { anything, either, isKnown, type Range, type Ranges, rangeOf } from "./range.js";
import type { Seen } from "./rooms.js";

export interface Step {
  /** The number of the program, and the inputs that it is given: [batch, size] each. */
  readonly program: number;
  readonly given: ReadonlyMap<string, Float32Array>;
  readonly mode: (typeof modes)[keyof typeof modes];
  /** The share of its traces that a fading life keeps. */
  readonly kept: number;
  /** What its traces may be before it. */
  readonly traces: Ranges;
}

/** What a step left: its answer [batch, answers], what the traces may be now, and each life's vectors. */
interface Done {
  readonly answer: Float32Array;
  readonly traces: Ranges;
  readonly seen: readonly Seen[];
}

/**
 * One step of the lives that begin at `starts`: all of it, or where its answer, a state or a trace would not be finite,
 * nothing; then the name of the culprit is the result.
 *
 * A copy of every trace before every step would take half as long as the step itself. So ranges tell beforehand that all
 * traces stay finite, as they nearly always do, and only states are copied. Where they cannot tell, everything is
 * copied, looked through afterwards, and the ranges are measured anew.
 */
export function attempt(engine: Engine, starts: readonly number[], step: Step): Done | string {
  const { architecture, layout, memory, rooms, functions } = engine;
  const { carried, bytes, carriedBytes } = layout.life;
  const { vectors } = layout.room;
  const program = architecture.programs[step.program]!;
  const after = rangesAfter(engine, starts, step);
  const isSafe = [...after.values()].every(isKnown);
  const saved = starts.map((start) => ({
    at: start / 4,
    numbers: memory.f32.slice(start / 4, (start + (isSafe ? carriedBytes : bytes)) / 4),
  }));

  const answer = new Float32Array(starts.length * architecture.answers);
  const output = { ...vectors.get(program.output)!, cols: architecture.answers };
  const seen = starts.map((start, b): Seen => {
    const room = rooms.take();
    for (const { name, size } of architecture.inputs) {
      const values = step.given.get(name)?.subarray(b * size, (b + 1) * size);
      if (values) memory.f32.set(values, (room.at + vectors.get(name)!.at) / 4);
    }
    functions.step(step.program, start, room.at, step.mode, step.kept);
    read(memory.f32, room.at, output, answer, b * architecture.answers);
    return { room, taken: room.taken, program };
  });

  const spans = isSafe ? [] : traceSpans(engine, starts);
  const states = architecture.states.map(({ name }) => [
    `state "${name}"`,
    spanAt(memory.f32, starts, carried.get(name)!),
  ]);
  const culprit = spanAt(answer, [0], { at: 0, rows: 1, cols: answer.length, stride: 0 })
    ? [...states, ...spans].find(([, span]) => span === null)?.[0]
    : "answer";
  if (culprit === undefined) {
    const traces = isSafe ? after : rangesOf(spans);
    return { answer, traces: step.mode === modes.frozen ? step.traces : traces, seen };
  }
  for (const { at, numbers } of saved) memory.f32.set(numbers, at);
  for (const each of seen) rooms.give(each);
  return `the ${culprit}`;
}

/** The ranges of traces as they are. */
export const measuredRanges = (engine: Engine, starts: readonly number[]): Ranges =>
  rangesOf(traceSpans(engine, starts));

type Span = readonly [least: number, most: number];

const rangeOfSpan = (span: Span | null): Range => (span ? rangeOf(span) : anything);
const rangesOf = (spans: readonly (readonly [string, Span | null])[]): Ranges =>
  new Map(spans.map(([key, span]) => [key, rangeOfSpan(span)]));

/** The span of every trace, by its key. */
const traceSpans = ({ layout, memory }: Engine, starts: readonly number[]): [string, Span | null][] =>
  [...layout.life.traces].flatMap(([connection, each]) =>
    [...each].map(([trace, place]): [string, Span | null] => [
      traceKey(connection, trace),
      spanAt(memory.f32, starts, place),
    ]),
  );

function rangesAfter(engine: Engine, starts: readonly number[], step: Step): Ranges {
  if (step.mode === modes.frozen) return new Map();
  const { architecture, layout, memory } = engine;
  const given = new Map(
    architecture.states.map(({ name }) => [
      name,
      rangeOfSpan(spanAt(memory.f32, starts, layout.life.carried.get(name)!)),
    ]),
  );
  for (const { name, tail } of architecture.inputs) {
    const range = rangeOf(step.given.get(name) ?? []);
    given.set(name, tail.length > 0 ? either(range, rangeOf(tail)) : range);
  }
  const program = architecture.programs[step.program]!;
  return foretold(engine, program, given, step.traces, step.mode === modes.fading);
}

/** The least and the most of the numbers at a place; null if one is not finite. Plain loops: there may be millions. */
function spanAt(memory: Float32Array, starts: readonly number[], place: Place): Span | null {
  const { at, rows, cols, stride } = place;
  let [least, most, nothing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const start of starts) {
    for (let r = 0; r < rows; r++) {
      const from = (start + at + r * stride) / 4;
      for (let k = from; k < from + cols; k++) {
        const value = memory[k]!;
        if (value < least) least = value;
        if (value > most) most = value;
        // NaN from then on, if the value is NaN or infinite.
        nothing += value * 0;
      }
    }
  }
  return nothing === 0 ? [least, most] : null;
}
