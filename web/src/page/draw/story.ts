import { halved } from "../../drawings/damage.js";
import { prefersStillness } from "../frames.js";
import { rubbedTo } from "./ink.js";
import { ownDrawing } from "./own.js";
import type { Turn } from "./pace.js";
import type { Stage } from "./stage.svelte.js";
import { type Tempo, tempoOf } from "./tempo.js";

/** Pictures in which the page draws, and rubs out. */
const PARTS = 18;
/** What the page takes away, in turn: the side that goes, as an angle. */
const SIDES = [Math.PI / 2, 0, Math.PI / 4, -Math.PI / 2];

/**
 * The page's own story, told again and again until the turn ends; once, where somebody wants no motion. `given`: what is drawn first,
 * if it is not the page's own.
 */
export async function tell(stage: Stage, turn: Turn, given: Uint8Array | null): Promise<void> {
  for (let round = 0; ; round++) {
    const tempo = tempoOf(round);
    stage.round = round;
    if (round > 0) {
      await stage.forgetAll();
      if (!(await turn.wait(0))) return;
    }
    const drawing = (round === 0 && given) || ownDrawing(round, 1);
    stage.phase = "drawing";
    if (drawing === given) stage.pad = given;
    else if (!(await draws(stage, round, tempo, turn))) return;
    await stage.wakes();
    if (!(await turn.wait(0))) return;
    const looking = stage.looks(drawing, turn, tempo);
    // What will become of the half is asked now: the answer is there when it is needed.
    const angle = SIDES[round % SIDES.length]!;
    const left = halved(drawing, angle);
    const healing = stage.asksFor(left);
    if (!(await looking) || !(await turn.wait(tempo.whole))) return;
    stage.phase = "damaged";
    const rubs = (part: number) => {
      stage.pad = stage.still = rubbedTo(drawing, left, angle, part / PARTS);
    };
    if (!(await turn.shows(PARTS, tempo.rubs, rubs)) || !(await turn.wait(tempo.damaged))) return;
    if (!(await stage.heals(turn, tempo, healing))) return;
    if (round === 0) performance.mark("alive");
    stage.ontold();
    if (prefersStillness() || !(await turn.wait(tempo.healed))) return;
  }
}

/** The hand, as far as it has got. */
const draws = (stage: Stage, round: number, { draws, begun }: Tempo, turn: Turn) =>
  turn.shows(PARTS, draws, (part) => {
    stage.pad = ownDrawing(round, begun + ((1 - begun) * part) / PARTS);
  });
