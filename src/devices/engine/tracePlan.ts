/** How an episode's traces are kept in the room that there is, and what that was decided by. */
import type { Buffer, TraceOptions } from "../device.js";
import { activityBytes, decayOf, planTraces, type TracePlan } from "../episode/plan.js";
import type { Arena } from "./machine.js";

interface Room {
  readonly arena: Arena;
  readonly lanes: number;
  /** A parameter's only number, as it is now. */
  constant(param: Buffer): number;
}

interface Planned {
  readonly plan: TracePlan;
  /** Whether the same would be planned with the numbers that parameters have now; null where it does not depend on them. */
  readonly isStill: (() => boolean) | null;
}

/** Throws MemoryLimitError where the episode does not fit. */
export function planned(options: TraceOptions, { arena, lanes, constant }: Room): Planned {
  const { rule, batch, pre, post, steps, differentiable, params } = options;
  const decayNow = () => decayOf(rule, (param) => constant(params[param]!));
  const taken = differentiable ? activityBytes({ batch, pre, post, steps, lanes }) : 0;
  const room = arena.limit - arena.peakBytes - taken;
  const planWith = (decay: number | null) =>
    planTraces({ rule, batch, pre, post, steps, differentiable, decay, room, lanes });
  const decay = decayNow();
  const plan = planWith(decay);
  if (plan.bytes > arena.peakBytes) {
    const what = `an episode of ${steps ?? "unknown many"} steps, ${pre} x ${post} connections, batch ${batch}`;
    arena.expectRoom(plan.bytes, what);
  }
  if (decay === null) return { plan, isStill: null };
  const isStill = () => {
    // A shorter segment would do as well, with other bits: those of a run would depend on where it was stopped.
    const { mode, segment } = planWith(decayNow());
    return mode === plan.mode && segment === plan.segment;
  };
  return { plan, isStill };
}
