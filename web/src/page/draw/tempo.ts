import { prefersStillness } from "../frames.js";

/** How long each part of the story takes, ms; 0: its end is there at once. */
export interface Tempo {
  /** The hand draws; the network looks; one half is rubbed out; the drawing comes back. */
  readonly draws: number;
  readonly looks: number;
  readonly rubs: number;
  readonly heals: number;
  /** How long one may look at what was seen, at what is left of it, and at what has come back. */
  readonly whole: number;
  readonly damaged: number;
  readonly healed: number;
  /** How far the drawing has come when the hand begins. */
  readonly begun: number;
}

const usual: Tempo = {
  ...{ draws: 810, looks: 920, rubs: 810, heals: 1600 },
  ...{ whole: 500, damaged: 500, healed: 3600, begun: 0 },
};
/**
 * Of the first story: whoever has just come sees how it ends before two seconds have passed, in which the network must be fetched too.
 * The drawing is nearly done as the page comes.
 */
const first: Tempo = {
  ...{ draws: 260, looks: 340, rubs: 140, heals: 340 },
  ...{ whole: 20, damaged: 200, healed: 3600, begun: 0.55 },
};
/** For who wants no motion: drawings are there, or gone, at once, and stay so for a while. */
const still = { draws: 0, rubs: 0, heals: 0, begun: 0, whole: 500, damaged: 500 };

export const tempoOf = (round: number): Tempo => ({
  ...(round === 0 ? first : usual),
  ...(prefersStillness() && still),
});
/** Of what happens to a visitor's own drawing. */
export const visitorsTempo = (): Tempo => tempoOf(1);
