import { prefersStillness } from "../frames.js";
import { BEAT, beats } from "./beats.js";

const LONGEST_FRAME = 0.1;

/** Which beat is being told, and for how long: by the clock, and only while it can be seen. */
export class Telling {
  beat = $state(0);
  /** Seconds since the beat began. */
  time = $state(0);
  paused = $state(prefersStillness());
  private before = 0;

  constructor() {
    // Who wants no motion sees the end of the second beat, which says most.
    if (this.paused) [this.beat, this.time] = [1, BEAT];
  }

  /** To be called once a screen frame. */
  tick = async (now: number): Promise<void> => {
    const passed = Math.min(LONGEST_FRAME, (now - this.before) / 1000);
    this.before = now;
    if (this.paused) return;
    this.time += passed;
    if (this.time > BEAT) this.tell((this.beat + 1) % beats.length);
  };

  /** From its beginning; at its end where nothing is to move. */
  tell(beat: number): void {
    this.beat = beat;
    this.time = this.paused ? BEAT : 0;
  }
}
