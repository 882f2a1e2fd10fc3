import { naturalImages, random } from "hebbian/tasks";

/** Index of the picture that is shown in each time step; -1 for silence. */
export type Schedule = Int16Array;

export interface Showing {
  /** Pictures to be remembered. */
  readonly count: number;
  /** Times that each is shown, in a new random order each time, as in training. */
  readonly presentations: number;
  /** Steps of silence after the last one. */
  readonly delay: number;
  readonly seed: number;
}

/** What the network perceives, step by step, before it is asked. */
export function scheduleOf({ count, presentations, delay, seed }: Showing): Schedule {
  const { stepsOn, stepsOff } = naturalImages;
  const rng = random(seed, "presentation", count);
  const steps: number[] = [];
  for (let cycle = 0; cycle < presentations; cycle++) {
    for (const picture of rng.shuffle(Array.from({ length: count }, (_, index) => index))) {
      for (let step = 0; step < stepsOn; step++) steps.push(picture);
      for (let step = 0; step < stepsOff; step++) steps.push(-1);
    }
  }
  for (let step = 0; step < delay; step++) steps.push(-1);
  return Int16Array.from(steps);
}
