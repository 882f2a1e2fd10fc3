import type { Naming, Tested } from "../../worker/naming.js";
import type { Drawing } from "../../worker/strokes.js";
import { finer, own } from "../draw/own.js";
import { inWords } from "../failure.js";
import { prefersStillness } from "../frames.js";
import { upTo } from "../replay.js";
import { settings } from "../settings.svelte.js";
import { namingWorker, orFails } from "../workers.js";
import { begun, drew, type Game, played } from "./game.js";
import { type Guess, guessOf } from "./guess.js";
import { forgetKept, keep, kept } from "./kept.js";
import { allFrom, amountOf, type Named } from "./named.js";
import { saidOf, whenWas } from "./words.js";

/** Milliseconds that the page takes to draw, and then to look at it. */
const [DRAWING, LOOKING] = [1600, 1900];
/** What is said aloud has been true for so long, ms: a screen reader that is told everything tells nothing. */
const SETTLED = 700;
const ownSymbols: readonly Named[] = (["heart", "house", "fish"] as const).map((name) => ({
  name,
  drawing: own[name].map(finer),
}));

/** The game as the page shows it: the value that game.ts changes, and the network that looks on. */
export class NameIt {
  game: Game = $state.raw(begun([], "visitor"));
  ready = $state(false);
  failure = $state("");
  tested: Tested | null = $state.raw(null);
  naming: Naming | null = $state.raw(null);
  /** What is said aloud. */
  aloud = $state("");
  /** What became of keeping it on this device. */
  keeping = $state("");

  readonly guess: Guess | null = $derived(this.naming && guessOf(this.naming));
  readonly said: string = $derived(saidOf(this.game, this.guess));

  private learned: readonly Named[] | null = null;
  private asked: Drawing | null = null;
  private replay: { readonly drawing: Drawing; readonly began: number } | null = null;
  private turn = 0;
  private heard = { said: "", since: 0 };

  async start(address: string): Promise<void> {
    const worker = namingWorker();
    try {
      this.tested = await orFails(worker, worker.load(new URL(address, location.href).href));
      await this.begin();
      this.ready = true;
    } catch (error) {
      this.failure = inWords(error);
    }
  }

  /** With what a friend's link brings, or an earlier visit has kept; else with the page's own. */
  private async begin(): Promise<void> {
    const sent = allFrom(settings.symbols);
    const before = sent.length > 0 ? null : await kept().catch(() => null);
    if (before) {
      const drawings = before.symbols.map(({ drawing }) => drawing);
      const goesOn = await namingWorker().resume(before.snapshot, drawings);
      this.game = begun(before.symbols, "device");
      this.learned = before.symbols;
      this.keeping = `You taught it ${whenWas(before.at, Date.now())}${goesOn ? "" : "; this page’s network is another by now, and has looked at your drawings again"}.`;
    } else if (sent.length > 0) this.game = begun(sent, "friend");
    else this.game = begun(ownSymbols, "page");
  }

  /** Goes on from here, with what game.ts makes of it. */
  does(next: Game): void {
    if (next.symbols !== this.game.symbols && next.origin !== "friend") void this.keepSoon(next.symbols);
    if (!next.playing) this.replay = null;
    this.game = next;
  }

  /** A screen frame: the page draws further, the network looks. */
  readonly tick = async (now: number): Promise<void> => {
    if (!this.ready) return;
    await this.plays(now);
    const { symbols, drawing } = this.game;
    if (this.learned !== symbols) await this.learn(symbols);
    if (this.asked !== drawing) {
      const enough = symbols.length > 0 && amountOf(drawing) === "something";
      this.naming = enough ? await namingWorker().name(drawing) : null;
      this.asked = drawing;
    }
    this.speaks(now);
  };

  /** The page draws a symbol once more, by another hand, for who cannot or would not draw. */
  async drawsFor(symbol: number): Promise<void> {
    const drawing = await this.again(symbol);
    this.does(drew(this.game, drawing, true));
  }
  /** Something that nobody has seen yet, to be taught. */
  async invents(): Promise<void> {
    const drawing = await namingWorker().sample(settings.seed, Math.floor(1e5 * Math.random()));
    this.does(drew(this.game, drawing, true));
  }

  /** Also what a friend has sent; it takes the place of what was kept before. */
  async keepNow(): Promise<void> {
    await this.keepSoon(this.game.symbols);
  }
  async forgetsAll(): Promise<void> {
    await forgetKept().catch(() => {});
    settings.symbols = "";
    this.keeping = "";
    this.game = begun(ownSymbols, "page");
  }
  link(text: string): string {
    const query = new URLSearchParams({ symbols: text });
    return `${location.origin}${location.pathname}?${query}#name-it`;
  }

  private async learn(symbols: readonly Named[]): Promise<void> {
    await namingWorker().learn(symbols.map(({ drawing }) => drawing));
    this.learned = symbols;
    this.asked = null;
  }

  private async keepSoon(symbols: readonly Named[]): Promise<void> {
    try {
      if (symbols.length === 0) await forgetKept();
      else {
        if (this.learned !== symbols) await this.learn(symbols);
        await keep({ symbols, snapshot: await namingWorker().snapshot(), at: Date.now() });
      }
      this.keeping =
        symbols.length === 0 ? "" : "Kept on this device, and nowhere else: it will know them tomorrow.";
    } catch {
      this.keeping = "This browser lets the page keep nothing. A link keeps it: send it to yourself.";
    }
  }

  private async plays(now: number): Promise<void> {
    const { game } = this;
    if (!game.playing || game.symbols.length === 0) return;
    const still = prefersStillness();
    if (!this.replay || (now - this.replay.began > DRAWING + LOOKING && !still)) {
      const drawing = await this.again(this.turn++ % game.symbols.length);
      // Somebody may have begun to draw meanwhile.
      if (this.game !== game) return;
      this.replay = { drawing, began: now };
    }
    const { drawing, began } = this.replay;
    const share = still ? 1 : Math.min(1, (now - began) / DRAWING);
    if (share === 1 && game.done && game.drawing === drawing) return;
    this.game = played(game, share === 1 ? drawing : upTo(drawing, share), share === 1);
  }
  private again(symbol: number): Promise<Drawing> {
    return namingWorker().again(this.game.symbols[symbol]!.drawing, settings.seed, this.turn++);
  }

  private speaks(now: number): void {
    if (this.heard.said !== this.said) this.heard = { said: this.said, since: now };
    else if (now - this.heard.since > SETTLED && !this.game.playing) this.aloud = this.said;
  }
}
