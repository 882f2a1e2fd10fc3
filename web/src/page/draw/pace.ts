/** How long a look at the clock is put off, ms: no shorter than a frame, for nobody sees more. */
const [FRAME, TICK] = [16, 40];
/** What counts at most since the last, ms: the page was busy, or not looked at. */
const LONGEST = 120;

/** What goes on until another turn begins. All that it waits for answers whether it is still on. */
export interface Turn {
  /** True when `ms` have passed. */
  wait(ms: number): Promise<boolean>;
  /**
   * Shows one part after another, 1 to `parts`, in `ms`: by the clock, so that what would come too late to be seen is left out. The
   * last never is, and is seen as long as the others.
   */
  shows(parts: number, ms: number, show: (part: number) => void): Promise<boolean>;
}

/**
 * Turns, one at a time: whoever begins one ends that before, whose waiting then answers false, so that what was going on there
 * stops by itself. Time stands still while `stopped` says so.
 */
export class Pace {
  private turn = 0;

  constructor(private readonly stopped: () => boolean = () => false) {}

  /** Ends the turn that is going on; the answer is a new one. */
  begin(): Turn {
    const turn = ++this.turn;
    const shows: Turn["shows"] = async (parts, ms, show) => {
      let [passed, shown, before] = [0, 0, performance.now()];
      while (turn === this.turn) {
        const now = performance.now();
        if (!this.stopped()) passed += Math.min(LONGEST, now - before);
        before = now;
        const due = passed < ms ? 1 + Math.floor((passed * parts) / ms) : parts;
        if (due > shown && !this.stopped()) {
          shown = due;
          show(due);
        }
        if (passed >= ms && !this.stopped()) break;
        const next = Math.max(FRAME, Math.min(TICK, (shown * ms) / parts - passed));
        await new Promise((resolve) =>
          setTimeout(resolve, this.stopped() ? TICK : Math.min(next, ms - passed)),
        );
      }
      return turn === this.turn;
    };
    return { shows, wait: (ms) => shows(1, ms, () => {}) };
  }

  /** Ends the turn that is going on. */
  end(): void {
    this.turn++;
  }
}
