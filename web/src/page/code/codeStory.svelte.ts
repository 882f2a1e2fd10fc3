import { halved } from "../../drawings/damage.js";
import { LOOK } from "../../drawings/protocol.js";
import { PIXELS, paintLine } from "../../drawings/raster.js";
import { drawingNetworkIn } from "../draw/network.js";
import { Pace, type Turn } from "../draw/pace.js";
import { inWords } from "../failure.js";
import { prefersStillness } from "../frames.js";
import { idle } from "../moments.js";
import { codeWorker } from "../workers.js";
import { MOST_BYTES, qrCodeOf } from "./qrCode.js";

/** Milliseconds of a look, of repainting, and of patience after the eraser was lifted. */
const [LOOKS, HEALS, PATIENCE] = [920, 1870, 700];
const ERASER = 2.6;
type Point = readonly [x: number, y: number];

/** A code of the visitor's link: the network looks at it once, the visitor erases half, and it is repainted. */
export class CodeStory {
  text = $state("");
  phase = $state<"new" | "waking" | "looking" | "whole" | "damaged" | "healing" | "healed">("new");
  /** What can be seen, and the code as it was; [841]. */
  pad = $state.raw<Uint8Array>(new Uint8Array(PIXELS));
  whole = $state.raw<Uint8Array>(new Uint8Array(PIXELS));
  wrong = $state<number | null>(null);
  failure = $state("");
  /** Whether the network waits for the code, and no longer the visitor for the network. */
  readonly seen = $derived(this.phase !== "new" && this.phase !== "waking" && this.phase !== "looking");
  private readonly pace = new Pace();
  private loaded: Promise<unknown> | null = null;
  private healings = 0;

  constructor(address: string) {
    this.text = address;
  }

  /** Makes the code of its address, which takes a moment: nobody has come to see it yet. */
  async begin(): Promise<void> {
    await idle();
    // Somebody may have typed another address meanwhile: then it has a code already.
    if (this.whole.every((dark) => dark === 0)) this.write(this.text);
  }

  /** Another text: a code that the network has not seen. */
  write(text: string): void {
    this.text = text;
    const code = qrCodeOf(text);
    this.failure =
      code || text === "" ? "" : `That is too long for this code: it holds ${MOST_BYTES} letters.`;
    this.pace.end();
    this.pad = this.whole = code ?? new Uint8Array(PIXELS);
    this.phase = "new";
    this.wrong = null;
  }

  async look(): Promise<void> {
    if (this.phase !== "new") return;
    const turn = this.pace.begin();
    const worker = codeWorker();
    const code = this.whole;
    this.phase = "waking";
    this.failure = "";
    try {
      this.loaded ??= drawingNetworkIn(worker);
      await this.loaded;
      // Another text may have been typed meanwhile.
      if (!(await turn.wait(0))) return;
      this.phase = "looking";
      // Asked at once: what is asked of it next comes after all of this.
      const seen = [
        worker.begin(),
        ...Array.from({ length: LOOK }, (_, step) => worker.look(code, step === 0)),
      ];
      await Promise.all(seen);
      if (await turn.wait(LOOKS)) this.phase = "whole";
    } catch (error) {
      await this.fails(turn, error, "new");
    }
  }

  erase(from: Point, to: Point): void {
    if (!this.seen) return;
    this.pace.end();
    const pad = this.pad.slice();
    paintLine(pad, from, to, ERASER, 0);
    this.pad = pad;
    this.phase = "damaged";
  }
  async up(): Promise<void> {
    if (this.phase === "damaged") await this.heal(PATIENCE);
  }
  async half(): Promise<void> {
    this.pad = halved(this.whole, Math.PI / 4 + (Math.PI / 2) * Math.floor(4 * Math.random()));
    this.phase = "damaged";
    await this.heal(3 * PATIENCE);
  }

  private async heal(ms: number): Promise<void> {
    const turn = this.pace.begin();
    if (!(await turn.wait(ms))) return;
    this.phase = "healing";
    try {
      const { plastic } = await codeWorker().heal(this.pad, 0, this.healings++);
      const step = (part: number) => {
        this.pad = plastic[part - 1]!;
      };
      if (!(await turn.shows(plastic.length, prefersStillness() ? 0 : HEALS, step))) return;
      this.wrong = this.pad.reduce((sum, dark, k) => sum + Number(dark !== this.whole[k]), 0);
      this.phase = "healed";
    } catch (error) {
      await this.fails(turn, error, "damaged");
    }
  }
  /** Says why, unless nobody waits for it any more. */
  private async fails(turn: Turn, error: unknown, phase: "new" | "damaged"): Promise<void> {
    if (!(await turn.wait(0))) return;
    this.failure = inWords(error);
    this.phase = phase;
  }
}
