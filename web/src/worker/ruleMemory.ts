import { loadModel, type Model } from "hebbian/lifetime";
import { smallPatterns } from "hebbian/tasks";
import { BITS, glyphs, halfOf } from "./glyphs.js";

/** What a network has made of two pictures that it was shown, each from its upper half. */
export interface RuleMemory {
  /** Activities, [BITS] each, -1 to 1. */
  readonly restored: readonly Float32Array[];
  /** Cells of the missing half that are wrong, by picture. */
  readonly wrong: readonly number[];
  /** Those that are right, but hardly: said so faintly that nobody would see it. */
  readonly faint: readonly number[];
  /** Episodes that the network was trained for. */
  readonly episode: number;
}

/** An activity from which on a cell is seen to be lit, or dark. */
export const SEEN = 0.5;

/** Lets a network, as far as it is trained, live once: both pictures are shown, then half of one, as in training. */
export async function remembered(file: Uint8Array, episode: number): Promise<RuleMemory> {
  const model = await loadModel(file);
  const restored = glyphs.map((_, which) => recalled(model, which));
  /** Cells of the missing half of which something holds. `towards`: 1 where an answer is as it should be, -1 for the opposite. */
  const missing = (holds: (towards: number) => boolean) =>
    restored.map((answer, which) => {
      const glyph = glyphs[which]!;
      let count = 0;
      for (let k = BITS / 2; k < BITS; k++) count += Number(holds(answer[k]! * glyph[k]!));
      return count;
    });
  const wrong = missing((towards) => towards <= 0);
  const faint = missing((towards) => towards > 0 && towards < SEEN);
  return { restored, wrong, faint, episode };
}

function recalled(model: Model, which: number): Float32Array {
  const { stepsOn, stepsOff, testSteps, inputScale } = smallPatterns;
  const life = model.begin();
  const size = model.inputs.reduce((sum, input) => sum + input.size, 0);
  const input = new Float32Array(size);
  const shows = (bits: ArrayLike<number> | null, steps: number) => {
    for (let k = 0; k < BITS; k++) input[k] = bits ? inputScale * bits[k]! : 0;
    // A neuron more, where there is one, always hears the same.
    if (size > BITS) input[BITS] = inputScale;
    let answer: Float32Array = input;
    for (let step = 0; step < steps; step++) answer = life.step(input);
    return answer;
  };
  for (const glyph of glyphs) {
    shows(glyph, stepsOn);
    shows(null, stepsOff);
  }
  const answer = shows(halfOf(which), testSteps).slice(0, BITS);
  life.end();
  return answer;
}
