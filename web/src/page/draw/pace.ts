/** How long a look at the clock is put off, ms. */
const TICK = 40;

/**
 * Waiting that takes turns: whoever begins a turn ends the one before, whose waiting then answers false, so that what was
 * going on there stops by itself. Time stands still while `stopped` says so.
 */
export class Pace {
  private turn = 0;
  /** Waiting takes so many times as long. */
  factor = 1;

  constructor(private readonly stopped: () => boolean = () => false) {}

  /** Ends the turn that is going on; the answer is a new one's wait: true when `ms` have passed and the turn is still on. */
  begin(): (ms: number) => Promise<boolean> {
    const turn = ++this.turn;
    return async (ms) => {
      let left = ms * this.factor;
      while (turn === this.turn && (left > 0 || this.stopped())) {
        const part = Math.min(TICK, Math.max(0, left));
        await new Promise((resolve) => setTimeout(resolve, left > 0 ? part : TICK));
        if (!this.stopped()) left -= part;
      }
      return turn === this.turn;
    };
  }

  /** Ends the turn that is going on. */
  end(): void {
    this.turn++;
  }
}
