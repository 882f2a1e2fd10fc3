import type { Naming, Tested } from "../../worker/naming.js";
import type { Drawing } from "../../worker/strokes.js";
import { finer, own } from "../draw/own.js";
import { inWords } from "../failure.js";
import { prefersStillness } from "../frames.js";
import { upTo } from "../replay.js";
import { settings } from "../settings.svelte.js";
import { share } from "../share.js";
import { namingWorker, orFails } from "../workers.js";
import { begun, cleared, drew, type Game, goesOn, played } from "./game.js";
import { type Guess, guessOf } from "./guess.js";
import { forgetKept, keep, kept } from "./kept.js";
import { allFrom, amountOf, type Named, textOfAll } from "./named.js";
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
  /** What became of keeping it on this device, and of sending it: said until it knows something else. */
  keeping = $state("");
  sent = $state("");
  /** The drawing that it has looked at last. */
  private asked: Drawing | null = $state.raw(null);

  readonly guess: Guess | null = $derived(this.naming && guessOf(this.naming));
  readonly looked: boolean = $derived(this.asked === this.game.drawing);
  readonly said: string = $derived(saidOf(this.game, this.guess));

  private learned: readonly Named[] | null = null;
  private learning = 0;
  private replay: { readonly drawing: Drawing; readonly began: number } | null = null;
  private turn = 0;
  private heard = { said: "", since: 0 };
  /** Which keeping is the latest, and the one that goes on: a device keeps or forgets one thing after another. */
  private kept = 0;
  private busy: Promise<void> = Promise.resolve();

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
    const before = this.game;
    if (!next.playing) this.replay = null;
    // What it made of another drawing, or by other names, is not what it makes of this.
    if (!goesOn(before, next)) this.naming = null;
    this.game = next;
    if (next.symbols !== before.symbols) {
      this.keeping = this.sent = "";
      if (next.origin !== "friend") void this.keepSoon(next.symbols);
    }
  }

  /** A screen frame: the page draws further, the network looks. */
  readonly tick = async (now: number): Promise<void> => {
    if (!this.ready) return;
    await this.plays(now);
    const { symbols, drawing } = this.game;
    if (this.learned !== symbols) await this.learn(symbols);
    if (this.asked !== drawing) {
      const enough = symbols.length > 0 && amountOf(drawing) === "something";
      const naming = enough ? await namingWorker().name(drawing) : null;
      if (goesOn({ symbols, drawing }, this.game)) this.naming = naming;
      this.asked = drawing;
    }
    this.speaks(now);
  };

  /** The page draws a symbol once more, by another hand, for who cannot or would not draw. */
  async drawsFor(symbol: number): Promise<void> {
    this.does(cleared(this.game));
    await this.draws(this.again(symbol));
  }
  /** Something that nobody has seen yet, to be taught. */
  async invents(): Promise<void> {
    await this.draws(namingWorker().sample(settings.seed, Math.floor(1e5 * Math.random())));
  }
  /** What comes lies on the sheet, unless somebody has drawn there meanwhile, or turned to something else. */
  private async draws(coming: Promise<Drawing>): Promise<void> {
    const { drawing: before, mode } = this.game;
    const drawing = await coming;
    if (this.game.drawing === before && this.game.mode === mode) this.does(drew(this.game, drawing, true));
  }

  /** Also what a friend has sent; it takes the place of what was kept before. */
  async keepNow(): Promise<void> {
    await this.keepSoon(this.game.symbols);
  }
  async forgetsAll(): Promise<void> {
    settings.symbols = "";
    this.keeping = this.sent = "";
    this.replay = this.naming = null;
    this.game = begun(ownSymbols, "page");
    await this.keepLast(async (latest) => {
      await forgetKept().catch(() => {});
      if (latest()) this.keeping = "It has forgotten them, on this device too.";
    });
  }
  async sends(): Promise<void> {
    const { symbols } = this.game;
    const query = new URLSearchParams({ symbols: textOfAll(symbols) });
    const link = `${location.origin}${location.pathname}?${query}#name-it`;
    const said = await share("It knows what I draw. Does it know what you draw?", link);
    if (symbols === this.game.symbols) this.sent = said;
  }

  private async learn(symbols: readonly Named[]): Promise<void> {
    const mine = ++this.learning;
    await namingWorker().learn(symbols.map(({ drawing }) => drawing));
    if (mine !== this.learning) return;
    this.learned = symbols;
    this.asked = null;
  }

  private keepSoon(symbols: readonly Named[]): Promise<void> {
    return this.keepLast(async (latest) => {
      try {
        if (symbols.length === 0) {
          await forgetKept();
          return;
        }
        // Asked together: what is kept is what it knows after these, whatever it learns next.
        const [, snapshot] = await Promise.all([this.learn(symbols), namingWorker().snapshot()]);
        if (!latest()) return;
        await keep({ symbols, snapshot, at: Date.now() });
        if (latest()) this.keeping = "Kept on this device, and nowhere else: it will know them tomorrow.";
      } catch {
        if (latest())
          this.keeping = "This browser lets the page keep nothing. A link keeps it: send it to yourself.";
      }
    });
  }
  /** One after another; `latest` says whether nothing else is to be kept, or forgotten, since. */
  private keepLast(work: (latest: () => boolean) => Promise<void>): Promise<void> {
    const mine = ++this.kept;
    const latest = () => mine === this.kept;
    this.busy = this.busy.then(() => (latest() ? work(latest) : undefined));
    return this.busy;
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
