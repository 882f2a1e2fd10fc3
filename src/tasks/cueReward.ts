import type { Environment } from "./environment.js";
import { checkInteger } from "./options.js";
import type { Random } from "./random.js";

/** How long an episode of cue-reward association is, and how hard. */
export interface CueRewardOptions {
  /** Bits of a cue, each -1 or 1. */
  readonly bits: number;
  /** Cues of an episode; one of them is the target. Even: a trial shows half of them. */
  readonly cues: number;
  /** Most blank steps that a trial mixes between its cues. */
  readonly blanks: number;
  /** Time steps of an episode. */
  readonly steps: number;
}

/** Miconi et al. 2019 (arXiv 2002.10585), 4.1, as in the text. */
export const cueRewardTask: CueRewardOptions = { bits: 20, cues: 4, blanks: 3, steps: 200 };
/** As in the paper's program: shorter episodes. */
export const cueRewardShort: CueRewardOptions = { ...cueRewardTask, steps: 120 };

/** What a time step shows: a cue's number, or one of these. */
const BLANK = -1;
const GO = -2;

/** An episode of cue-reward association. */
export interface CueRewardState {
  /** [cues, bits], each -1 or 1; no two cues are alike. */
  readonly patterns: Int8Array;
  readonly target: number;
  /** By time step: the number of a cue, -1 for nothing, -2 for "go". */
  readonly shown: Int8Array;
  /** By time step: the answer that "go" wants, 1 if the target was shown in this trial; 0 at other steps. */
  readonly wanted: Uint8Array;
  time: number;
  /** Of the latest step; -1 before the first. */
  action: number;
  reward: number;
}

const ACTIONS = 2;

/**
 * Which cue brings the reward? An episode has a few random cues, one of them the target. In every trial half of the cues
 * are shown, one a step, among blank steps; at "go" the agent says whether the target was there: +1 if it is right, -1 if
 * not, seen one step later. Only these rewards tell which cue is the target. Miconi et al. 2019, 4.1.
 *
 * An observation holds the cue's bits, "go", a bias of 1, the share of the episode that is over, the latest reward, and
 * the latest action one-hot.
 */
export class CueReward implements Environment<CueRewardState> {
  readonly actions = ACTIONS;
  readonly observations: number;
  readonly steps: number;

  /** @throws RangeError for a task that there is not */
  constructor(readonly options: CueRewardOptions) {
    checkCueReward(options);
    this.observations = options.bits + 4 + ACTIONS;
    this.steps = options.steps;
  }

  reset(random: Random): CueRewardState {
    const { bits, cues } = this.options;
    const patterns = distinctPatterns(cues, bits, random);
    const target = random.integer(cues);
    const shown = new Int8Array(this.steps).fill(BLANK);
    const wanted = new Uint8Array(this.steps);
    for (let at = 0; at < this.steps; ) at = this.plan(at, target, shown, wanted, random);
    return { patterns, target, shown, wanted, time: 0, action: -1, reward: 0 };
  }

  observe(state: CueRewardState, into: { [index: number]: number }, at: number): void {
    const { bits } = this.options;
    // After the last step there is nothing more to see.
    const cue = state.time < this.steps ? state.shown[state.time]! : BLANK;
    for (let k = 0; k < bits; k++) into[at + k] = cue >= 0 ? state.patterns[cue * bits + k]! : 0;
    into[at + bits] = cue === GO ? 1 : 0;
    into[at + bits + 1] = 1;
    into[at + bits + 2] = state.time / this.steps;
    into[at + bits + 3] = state.reward;
    for (let action = 0; action < ACTIONS; action++) {
      into[at + bits + 4 + action] = action === state.action ? 1 : 0;
    }
  }

  step(state: CueRewardState, action: number): number {
    if (action !== 0 && action !== 1) {
      throw new RangeError(`cueReward.step: action must be 0 or 1, got ${action}`);
    }
    const { time } = state;
    if (time >= this.steps) {
      throw new RangeError(
        `cueReward.step: the episode ended after ${this.steps} steps; reset begins another`,
      );
    }
    state.reward = state.shown[time] !== GO ? 0 : action === state.wanted[time] ? 1 : -1;
    state.action = action;
    state.time++;
    return state.reward;
  }

  /** Whether a time step asks for an answer. */
  isGo({ shown }: CueRewardState, time: number): boolean {
    return shown[time] === GO;
  }

  /** `reward`: the mean of a trial, -1 to 1; `lateReward`: of the trials in the second half of the episode; `trials`. */
  measure(state: CueRewardState, rewards: ArrayLike<number>): Record<string, number> {
    const mean = (from: number) => {
      let [sum, trials] = [0, 0];
      for (let t = from; t < this.steps; t++) {
        if (state.shown[t] !== GO) continue;
        sum += rewards[t]!;
        trials++;
      }
      return { trials, reward: trials > 0 ? sum / trials : 0 };
    };
    const { trials, reward } = mean(0);
    return { reward, lateReward: mean(this.steps >> 1).reward, trials };
  }

  /** Writes the trial that begins at step `at`; returns where the next begins. What does not fit is cut off. */
  private plan(at: number, target: number, shown: Int8Array, wanted: Uint8Array, random: Random): number {
    const { cues, blanks } = this.options;
    const chosen = random.choose(cues / 2, cues);
    const middle = [...chosen, ...Array.from({ length: random.integer(blanks + 1) }, () => BLANK)];
    random.shuffle(middle);
    const trial = [BLANK, ...middle, GO, BLANK];
    trial.slice(0, this.steps - at).forEach((what, k) => {
      shown[at + k] = what;
      if (what === GO) wanted[at + k] = chosen.includes(target) ? 1 : 0;
    });
    return at + trial.length;
  }
}

/** [count, bits] of -1 and 1, no two rows alike. */
function distinctPatterns(count: number, bits: number, random: Random): Int8Array {
  const patterns = new Int8Array(count * bits);
  const seen = new Set<string>();
  for (let row = 0; row < count; ) {
    const pattern = Int8Array.from({ length: bits }, () => random.sign());
    const key = pattern.join();
    if (seen.has(key)) continue;
    seen.add(key);
    patterns.set(pattern, row * bits);
    row++;
  }
  return patterns;
}

function checkCueReward({ bits, cues, blanks, steps }: CueRewardOptions): void {
  checkInteger("cueReward", "bits", bits, 1, cueRewardTask.bits);
  checkInteger("cueReward", "cues", cues, 2, cueRewardTask.cues);
  checkInteger("cueReward", "blanks", blanks, 0, cueRewardTask.blanks);
  if (cues % 2 === 1) {
    throw new RangeError(
      `cueReward: cues must be even (a trial shows half of them), got ${cues}; the paper uses 4`,
    );
  }
  if (cues > 2 ** Math.min(bits, 7) / 2) {
    throw new RangeError(
      `cueReward: ${cues} distinct cues need more than ${bits} bits (or are more than 64); the paper has 4 cues of 20 bits`,
    );
  }
  const trial = cues / 2 + blanks + 3;
  if (!(Number.isSafeInteger(steps) && steps >= trial)) {
    throw new RangeError(
      `cueReward: steps must be a whole number of at least ${trial}, one trial, got ${steps}; the paper uses 200`,
    );
  }
}
