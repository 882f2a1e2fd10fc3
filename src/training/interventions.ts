import type { Cell, TraceChange } from "../layers/index.js";
import { frozen } from "../rules/index.js";
import { changeTraces, type Tape, Tensor, type TraceState } from "../tape/index.js";
import type { Random } from "../tasks/index.js";

/**
 * What is done to an agent in the middle of its test episodes, to see what its memory does:
 *
 * - intact: nothing, the baseline of all others.
 * - frozen: traces learn nothing more. Shows whether learning goes on to matter after the first half, not what holds the memory.
 * - zeroed, shuffled: all forgotten, all mixed up.
 * - unwritten: traces do not learn from the first step on, so that nothing is ever in them.
 * - transplanted: the traces of another episode, frozen. Who goes to where that other episode's goal lies has its memory there.
 * - activityZeroed, activitySwapped: what neurons do is silenced, or another episode's, and the traces are left alone: the
 *   controls of the transplant, as memory might lie there instead.
 * - goalMoved: the goal lies elsewhere from then on; goalMovedZeroed: and traces are zeroed, so that nothing speaks for the old place.
 */
export const interventions = [
  "intact",
  "frozen",
  "zeroed",
  "shuffled",
  "unwritten",
  "transplanted",
  "activityZeroed",
  "activitySwapped",
  "goalMoved",
  "goalMovedZeroed",
] as const;
/** One of the `interventions`. */
export type InterventionName = (typeof interventions)[number];

/** What an intervention may draw from and needs to know. */
export interface InterventionContext {
  /** Episodes side by side. */
  readonly batch: number;
  readonly random: Random;
}

type ValueChange = (values: Float32Array | Float64Array) => ArrayLike<number>;

export interface Intervention {
  /** Before the first step rather than halfway. */
  readonly fromStart?: boolean;
  readonly traces?: (context: InterventionContext) => TraceChange;
  readonly activity?: (context: InterventionContext) => ValueChange;
  readonly movesGoal?: boolean;
  /** What episodes are given another one's: `donorOf` says whose. */
  readonly swaps?: boolean;
}

/** The episode of a batch whose memory or activity an episode is given. */
export const donorOf = (episode: number, batch: number): number => (episode + 1) % batch;

/** Blocks of values, one for each episode of a batch, each replaced by its donor's. */
const swapped =
  ({ batch }: InterventionContext): ValueChange =>
  (values) => {
    const size = values.length / batch;
    return values.map((_, k) => values[donorOf(Math.floor(k / size), batch) * size + (k % size)]!);
  };

const freeze: TraceChange = (traces, { rule }) => changeTraces(traces, frozen(rule), (values) => values);
const zero: TraceChange = (traces, { rule }) =>
  changeTraces(traces, rule, (values, trace) =>
    values.map(() => rule.initial[trace] ?? rule.neuronTraces[trace]!.init),
  );

export const interventionOf: Readonly<Record<InterventionName, Intervention>> = {
  intact: { fromStart: true },
  frozen: { traces: () => freeze },
  unwritten: { traces: () => freeze, fromStart: true },
  zeroed: { traces: () => zero },
  shuffled: {
    traces:
      ({ random }) =>
      (traces, { rule, pre, post }) => {
        // The same places for all traces and all episodes of the batch: who means what is lost, nothing else.
        // The same neurons for all traces of theirs.
        const shuffled = (count: number) => {
          const places = Array.from({ length: count }, (_, k) => k);
          random.shuffle(places);
          return places;
        };
        const places = { connection: shuffled(pre * post), pre: shuffled(pre), post: shuffled(post) };
        return changeTraces(traces, rule, (values, trace) => {
          const among = places[rule.neuronTraces[trace]?.per ?? "connection"];
          return values.map((_, k) => {
            const within = k % among.length;
            return values[k - within + among[within]!]!;
          });
        });
      },
  },
  transplanted: {
    traces:
      (context) =>
      (traces, { rule }) =>
        changeTraces(traces, frozen(rule), swapped(context)),
    swaps: true,
  },
  activityZeroed: { activity: () => (values) => values.map(() => 0) },
  activitySwapped: { activity: swapped, swaps: true },
  goalMoved: { movesGoal: true },
  goalMovedZeroed: { movesGoal: true, traces: () => zero },
};

/** Which interventions can be made: on traces if there are any, of goals if the task has one, from others if there are others. */
export function possibleInterventions(has: {
  readonly traces: boolean;
  readonly goals: boolean;
  readonly batch: number;
}): InterventionName[] {
  return interventions.filter((name) => {
    const { traces, movesGoal = false, swaps = false } = interventionOf[name];
    return (!traces || has.traces) && (!movesGoal || has.goals) && (!swaps || has.batch > 1);
  });
}

/** A cell's state with other numbers in the place of what its neurons do, [batch, ...] each; its traces are as they were. */
export function changeActivity<State>(
  tape: Tape,
  cell: Cell<State>,
  state: State,
  change: ValueChange,
): State {
  const traces = new Set<unknown>();
  cell.mapTraces(state, (each: TraceState) => {
    traces.add(each);
    return each;
  });
  const changed = (value: unknown): unknown => {
    if (traces.has(value) || typeof value !== "object" || value === null) return value;
    if (value instanceof Tensor) {
      return tape.constant(value.rows, value.cols, change(tape.device.read(value.value)));
    }
    if (Array.isArray(value)) return value.map(changed);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each)]));
  };
  return changed(state) as State;
}
