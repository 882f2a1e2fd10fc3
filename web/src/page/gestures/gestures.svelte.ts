import type { Drawing, Stroke } from "../../worker/strokes.js";
import { inWords } from "../failure.js";
import { guessOf } from "../name-it/guess.js";
import { gestureWorker, orFails } from "../workers.js";
import { act } from "./act.js";
import { actions, gestureDrawing, gesturesFrom, textOfGestures, usualGestures } from "./gesture.js";
import { exampled, newSwitch, type Switch, sameUse, shows, turned, understood } from "./switch.js";

const KEY = "hebbian-gestures";

/** The switch as the page shows it: the value that switch.ts changes, and the network that understands strokes. */
export class Gestures {
  switch: Switch = $state.raw(newSwitch());
  ready = $state(false);
  failure = $state("");
  /** What lies on the pad. */
  drawing: Drawing = $state.raw([]);
  /** For a pointer that has no button: strokes follow it, and end where it rests. */
  hovers = $state(false);
  private learned: readonly Stroke[] | null = null;

  async start(address: string): Promise<void> {
    const worker = gestureWorker();
    try {
      await orFails(worker, worker.load(new URL(address, location.href).href));
      this.switch = newSwitch(kept() ?? usualGestures);
      this.ready = true;
    } catch (error) {
      this.failure = inWords(error);
    }
  }

  shows(action: number): void {
    this.drawing = [];
    this.switch = shows(this.switch, action);
  }
  turns(on: boolean): void {
    this.drawing = [];
    this.switch = turned(this.switch, on);
  }
  /** Back to the page's own gestures. */
  forget(): void {
    this.drawing = [];
    this.switch = newSwitch();
    keep(null);
  }

  /** Somebody draws; at the end of the stroke it is learned, or understood. */
  async draw(drawing: Drawing, done: boolean): Promise<void> {
    this.drawing = drawing;
    const stroke = drawing.at(-1);
    if (!done || !stroke) return;
    if (this.switch.showing >= 0) {
      this.switch = exampled(this.switch, stroke);
      keep(this.switch.gestures);
      return;
    }
    const before = this.switch;
    await this.learn();
    const answer = await gestureWorker().name(gestureDrawing(stroke));
    // Meanwhile it may have been switched on or off, or another gesture is to be shown: this stroke was not meant for that.
    if (!sameUse(before, this.switch)) return;
    this.switch = understood(this.switch, stroke, answer && guessOf(answer));
    const { last, on } = this.switch;
    if (on && typeof last === "number") act(actions[last]!);
  }

  private async learn(): Promise<void> {
    const { gestures } = this.switch;
    if (this.learned === gestures) return;
    await gestureWorker().learn(gestures.map(gestureDrawing));
    this.learned = gestures;
  }
}

/** A browser may keep nothing: then gestures last as long as the page. */
function keep(gestures: readonly Stroke[] | null): void {
  try {
    if (gestures) localStorage.setItem(KEY, textOfGestures(gestures));
    else localStorage.removeItem(KEY);
  } catch {}
}
function kept(): readonly Stroke[] | null {
  try {
    return gesturesFrom(localStorage.getItem(KEY) ?? "");
  } catch {
    return null;
  }
}
