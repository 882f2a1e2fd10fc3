import { checkInteger } from "./options.js";
import type { Random } from "./random.js";

/** How the memories of an episode are shown, in time steps. */
export interface Timing {
  /** How many times every memory is shown, in a new random order each time. */
  readonly cycles: number;
  /** Steps that a memory is shown for, and steps without input after it. */
  readonly stepsOn: number;
  readonly stepsOff: number;
  /** Steps that the degraded memory is shown for at the end. */
  readonly testSteps: number;
}

export function checkTiming(where: string, timing: Timing, usual: Timing): void {
  checkInteger(where, "cycles", timing.cycles, 1, usual.cycles);
  checkInteger(where, "stepsOn", timing.stepsOn, 1, usual.stepsOn);
  checkInteger(where, "stepsOff", timing.stepsOff, 0, usual.stepsOff);
  checkInteger(where, "testSteps", timing.testSteps, 1, usual.testSteps);
}

/** Steps of an episode that shows `count` memories. */
export function presentationSteps(count: number, timing: Timing): number {
  return timing.cycles * count * (timing.stepsOn + timing.stepsOff) + timing.testSteps;
}

/**
 * The input of an episode: all memories, shuffled in each cycle, then the degraded one (DP 4.1 and 4.2).
 *
 * @param memories each of one length, at most `neurons`
 * @returns [steps, neurons], row-major; neurons beyond a memory's length receive 0
 */
export function presentation(
  memories: readonly Float32Array[],
  degraded: Float32Array,
  neurons: number,
  timing: Timing,
  rng: Random,
): Float32Array {
  const inputs = new Float32Array(presentationSteps(memories.length, timing) * neurons);
  let step = 0;
  const show = (memory: Float32Array, steps: number) => {
    for (let end = step + steps; step < end; step++) inputs.set(memory, step * neurons);
  };
  for (let cycle = 0; cycle < timing.cycles; cycle++) {
    for (const memory of rng.shuffle([...memories])) {
      show(memory, timing.stepsOn);
      step += timing.stepsOff;
    }
  }
  show(degraded, timing.testSteps);
  return inputs;
}
