import type { Drawing } from "../worker/strokes.js";
import { drawingFrom, textOf } from "./drawingText.js";
import { prefersStillness } from "./frames.js";
import { upTo } from "./replay.js";
import { settings, usually } from "./settings.svelte.js";
import { namingWorker } from "./workers.js";

/** A sheet of paper. `own` is a symbol's number among the page's own, or -1 where a visitor drew. */
export interface Sheet {
  readonly drawing: Drawing;
  readonly own: number;
}
export interface Question {
  readonly drawing: Drawing;
  /** Drawn by a visitor, who may add to it; what the page has drawn gives way to the next stroke. */
  readonly byHand: boolean;
  /** Number of the symbol that the page has drawn in full, and so knows the name of; -1 otherwise. */
  readonly truth: number;
}

const NOTHING: Question = { drawing: [], byHand: false, truth: -1 };
/** Milliseconds that the page takes to draw, and then to look at it. */
const DRAWING = 1500;
const LOOKING = 1700;
/** The page's own symbols are drawn again in this order. */
const ORDER = [2, 0, 4, 1, 3];
/** What a visitor drew is marked so in the address. */
const MARK = "~";

/** The six sheets: five symbols that are shown once each, and the drawing that is to be named. */
export class Game {
  sheets: readonly Sheet[] = $state.raw([]);
  question: Question = $state.raw(NOTHING);
  /** Until somebody draws, the page does. */
  playing = $state(true);
  private turn = 0;
  private replay: { readonly symbol: number; readonly drawing: Drawing; readonly began: number } | null =
    null;

  /** As the address says. */
  async begin(): Promise<void> {
    const texts = settings.symbols.split(",");
    this.sheets = await Promise.all(
      usually.symbols.split(",").map((usual, k) => this.sheetOf(texts[k] ?? usual, Number(usual))),
    );
    const drawing = drawingFrom(settings.drawing);
    this.question = drawing ? { drawing, byHand: true, truth: -1 } : NOTHING;
    this.turn = 0;
    this.replay = null;
    this.playing = !drawing;
  }

  private async sheetOf(text: string, usual: number): Promise<Sheet> {
    if (text === "") return { drawing: [], own: -1 };
    const drawing = text.startsWith(MARK) ? drawingFrom(text.slice(MARK.length)) : null;
    if (drawing) return { drawing, own: -1 };
    const own = /^\d{1,6}$/.test(text) ? Number(text) : usual;
    return { drawing: await namingWorker().sample(settings.seed, own), own };
  }

  private put(symbol: number, sheet: Sheet): void {
    this.sheets = this.sheets.with(symbol, sheet);
  }
  private keep(): void {
    settings.symbols = this.sheets
      .map(({ drawing, own }) => {
        if (own >= 0) return own;
        return drawing.length > 0 ? MARK + textOf(drawing) : "";
      })
      .join(",");
  }

  /** Somebody draws a symbol; nothing, to clear its sheet. */
  draw(symbol: number, drawing: Drawing, done: boolean): void {
    this.stop(symbol);
    this.put(symbol, { drawing, own: -1 });
    if (done) this.keep();
  }

  /** The page's next symbol that is on no sheet yet. */
  async another(symbol: number): Promise<void> {
    const used = this.sheets.map(({ own }) => own);
    let own = Math.max(...used, 0) + 1;
    while (used.includes(own)) own++;
    this.put(symbol, { drawing: await namingWorker().sample(settings.seed, own), own });
    if (this.replay?.symbol === symbol) this.replay = null;
    this.keep();
  }

  /** Somebody draws what is to be named. */
  ask(drawing: Drawing, done: boolean): void {
    this.stop();
    this.question = { drawing, byHand: drawing.length > 0, truth: -1 };
    if (done) settings.drawing = textOf(drawing);
  }

  /** The page draws a symbol again, all at once. */
  async askFor(symbol: number): Promise<void> {
    this.stop();
    const drawing = await this.redrawn(symbol);
    this.question = { drawing, byHand: false, truth: symbol };
    settings.drawing = textOf(drawing);
  }

  /** `changed`: a symbol that is being drawn anew, so that what the page drew is a drawing of it no longer. */
  private stop(changed = -1): void {
    // What the page had only begun to draw says nothing.
    if (this.replay && this.question.truth < 0) {
      const { symbol, drawing } = this.replay;
      this.question = { drawing, byHand: false, truth: symbol === changed ? -1 : symbol };
    }
    this.replay = null;
    this.playing = false;
  }
  play(): void {
    this.replay = null;
    this.playing = true;
    settings.drawing = "";
  }

  /** Draws a little further, or begins with the next symbol. */
  async step(now: number): Promise<void> {
    const still = prefersStillness();
    if (!this.replay || (now - this.replay.began > DRAWING + LOOKING && !still)) {
      const known = ORDER.filter((symbol) => this.sheets[symbol]!.drawing.length > 0);
      if (known.length === 0) return;
      const symbol = known[this.turn % known.length]!;
      const { sheets } = this;
      const drawing = await this.redrawn(symbol);
      // Somebody may have begun to draw meanwhile.
      if (!this.playing || this.sheets !== sheets) return;
      this.replay = { symbol, drawing, began: now };
      this.question = NOTHING;
    }
    if (this.question.truth >= 0) return;
    const { symbol, drawing, began } = this.replay;
    const share = still ? 1 : Math.min(1, (now - began) / DRAWING);
    this.question = { drawing: upTo(drawing, share), byHand: false, truth: share === 1 ? symbol : -1 };
  }

  private redrawn(symbol: number): Promise<Drawing> {
    return namingWorker().again(this.sheets[symbol]!.drawing, settings.seed, this.turn++);
  }
}
