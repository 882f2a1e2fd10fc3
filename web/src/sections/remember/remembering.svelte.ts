import { images, imagesRnn } from "virtual:models";
import { inWords } from "../../page/failure.js";
import { followed, prefersStillness } from "../../page/frames.js";
import {
  choose,
  loadGallery,
  type Memory,
  MOST,
  memories,
  nextOwn,
  owned,
} from "../../page/memories.svelte.js";
import { type Given, pictureFrom } from "../../page/pictureFile.js";
import { chosenFrom } from "../../page/pictureText.js";
import { PIXELS, SIDE } from "../../page/pixels.js";
import { settings, usually } from "../../page/settings.svelte.js";
import { memoryWorker, orFails } from "../../page/workers.js";
import type { MemoryFrame, Recall } from "../../worker/memory.js";

/** Pictures come one after the other, and none is seen for less than this, ms: nothing flashes. */
const SHOWN = 400;
/** Longer than this since the last frame counts as this, ms: the page was not looked at. */
const FRAME = 100;
/** Playing by itself, ms: how long the page stays with a picture, and how long it takes to take half of it away. */
const TURN = 3200;
const WIPE = 900;
/** Filling up ends when less than this share is kept. */
const BROKEN = 0.5;
const NOTHING = new Float32Array(PIXELS);
const NO_PLACE = `${MOST} pictures are all that fit. Take one away first.`;

/** 1: perfect; 0: no better than a network that has learned nothing. */
export const qualityOf = ({ error, without }: Recall): number => Math.max(0, 1 - error / without);

/** Which memory is asked for, and what is gone of it. */
interface Question {
  readonly asked: number;
  readonly gone: Uint8Array<ArrayBuffer>;
}

/** What the section Remember knows: what the networks are being shown or asked, what they answer, and how well. */
export class Remembering {
  readonly worker = memoryWorker();

  frame = $state.raw<MemoryFrame | null>(null);
  recalls = $state.raw<readonly Recall[]>([]);
  perSecond = $state(0);
  learnedEta = $state(0);
  /** What keeps the networks from going on, until they do; and why something that was given is not shown, until the next try. */
  failure = $state("");
  refused = $state("");
  /** Which memory is asked for, and what is gone of it. */
  asked = $state(0);
  gone = $state.raw(new Uint8Array(PIXELS));
  /** Until somebody touches it, the page plays by itself. */
  playing = $state(true);
  /** Mean quality by number of pictures, as far as it was tried. */
  tried = $state.raw<ReadonlyMap<number, number>>(new Map());
  filling = $state(false);

  readonly target = $derived(memories.chosen[this.asked]?.pixels ?? NOTHING);
  readonly eta = $derived(settings.eta > 0 ? settings.eta : this.learnedEta);
  readonly quality = $derived(
    this.recalls.length === 0
      ? 0
      : this.recalls.reduce((sum, recall) => sum + qualityOf(recall), 0) / this.recalls.length,
  );
  readonly asking = $derived(this.frame?.phase === "asking");

  /** When the picture that is being played was turned to. */
  private turned = 0;
  /** When the last frame was, and steps that are due since. */
  private framed = 0;
  private due = 0;
  private ready = false;
  /** How often the networks were to begin anew, and when they began of these. */
  private wanted = 0;
  private begun = 0;
  /** The rate of plasticity that they live by; 0 for what they have learned. */
  private rate = 0;
  /** Set while they fill up: whether a visitor has chosen what is asked for. */
  private chose = false;
  /** Which filling up is the latest; see `fill`. */
  private fillings = 0;
  /** The question that the worker knows. */
  private sent: Question | null = null;
  /** What is to be asked next; it is shown together with its answers, not before. */
  private next: Question | null = null;
  private busy = Promise.resolve();

  /** Loads the networks, once; again where that failed. */
  start(): Promise<void> {
    this.started ??= this.load().catch((error: unknown) => {
      this.failure = inWords(error);
      this.started = null;
    });
    return this.started;
  }
  private started: Promise<void> | null = null;

  private async load(): Promise<void> {
    this.rate = settings.eta;
    const loading = orFails(
      this.worker,
      this.worker.load(new URL(images, location.href).href, this.rate || null),
    );
    await orFails(this.worker, loadGallery());
    this.learnedEta = await loading;
    await this.again();
    this.ready = true;
    if (!imagesRnn) return;
    const plain = this.worker.loadPlain(new URL(imagesRnn, location.href).href);
    // Without it the other two go on.
    await plain.catch((error: unknown) => {
      this.failure = inWords(error);
    });
  }
  /** What a visitor sets before the networks are there waits for them; false where they do not come. */
  private async awake(): Promise<boolean> {
    if (!this.ready) await this.start();
    return this.ready;
  }

  /** To be called once a screen frame: lives on, and answers what is asked. */
  tick = (now: number): Promise<void> =>
    this.inTurn(async () => {
      if (!this.ready || this.stale() || memories.chosen.length === 0) return;
      if (this.asking) {
        if (this.recalls.length === 0) {
          const recalls = await this.worker.recall();
          if (this.stale()) return;
          this.recalls = recalls;
          this.tried = new Map(this.tried).set(this.recalls.length, this.quality);
        }
        if (this.playing) this.play(now);
      }
      const question = this.next ?? { asked: this.asked, gone: this.gone };
      const { asked, gone } = question;
      if (this.sent?.asked !== asked || this.sent.gone !== gone) {
        await this.worker.ask(left(memories.chosen[asked]?.pixels ?? NOTHING, gone));
        this.sent = question;
      }
      const total = this.frame?.steps ?? 1;
      const passed = Math.min(FRAME, now - this.framed);
      this.framed = now;
      // Each picture, as often as it is shown.
      const showings = Math.max(1, memories.chosen.length * settings.presentations);
      this.due += (total * passed) / (SHOWN * showings);
      const steps = this.filling || this.asking ? total : Math.floor(this.due);
      if (steps < 1 && this.frame) return;
      this.due = 0;
      const next = await this.worker.frame(Math.max(1, steps));
      // Of lives that are over by now.
      if (this.stale()) return;
      this.frame = next;
      // Unless a visitor has chosen something else meanwhile.
      if (this.next === question) this.turnTo(question);
      this.failure = "";
      const rate = (1000 * next.computed) / Math.max(0.05, next.took);
      this.perSecond = followed(this.perSecond, rate, 0.05);
    });

  /** Mean squared error of an answer over what is gone; null where nothing is. */
  errorOf(answer: Float32Array | null | undefined): number | null {
    let [sum, count] = [0, 0];
    if (!answer) return null;
    for (let k = 0; k < PIXELS; k++) {
      if (!this.gone[k]) continue;
      sum += (answer[k]! - this.target[k]!) ** 2;
      count++;
    }
    return count === 0 ? null : sum / count;
  }

  brush(pixels: readonly number[]): void {
    this.chose = true;
    if (this.next) this.turnTo(this.next);
    const gone = this.gone.slice();
    for (const pixel of pixels) gone[pixel] = 1;
    this.gone = gone;
  }
  ask(index: number): void {
    this.touched();
    this.asks({ asked: index, gone: new Uint8Array(PIXELS) });
  }
  halve(): void {
    this.touched();
    const { asked } = this.next ?? this;
    this.asks({ asked, gone: new Uint8Array(PIXELS).fill(1, PIXELS / 2) });
  }
  /** The page asks no more by itself; what a visitor has asked for stays. */
  pause(): void {
    if (this.playing) this.next = null;
    this.playing = false;
  }
  playByItself(): void {
    this.touched();
    this.playing = true;
    this.turned = 0;
  }

  /** The same pictures from the beginning, in another way or by another rate. */
  async showAgain(): Promise<void> {
    await this.anew();
  }
  /** Other pictures: all networks begin anew. `asked`: which of them is asked for then. */
  private change(chosen: readonly Memory[], asked: (before: number) => number): Promise<void> {
    this.refused = "";
    choose(chosen);
    return this.anew(asked);
  }
  remove(index: number): Promise<void> {
    this.stopFilling();
    const chosen = memories.chosen.filter((_, k) => k !== index);
    return this.change(chosen, (before) => (index < before ? before - 1 : before));
  }
  async add(memory: Memory): Promise<void> {
    if (memories.chosen.length >= MOST) {
      this.refused = NO_PLACE;
      return;
    }
    this.stopFilling();
    const last = memories.chosen.length;
    await this.change([...memories.chosen, memory], () => last);
  }
  /** One of the page's own pictures, in or out. */
  toggle(own: number): Promise<void> {
    const at = memories.chosen.findIndex((memory) => memory.own === own);
    return at >= 0 ? this.remove(at) : this.add(owned(own));
  }
  /** What a visitor opens, drops or pastes: pictures are added, and the last is asked for; of the rest it is said why not. */
  async take({ files, text }: Given): Promise<void> {
    const refused: string[] = [];
    if (files.length > 0 && !(await this.awake())) return;
    for (const file of files) {
      const pixels = await pictureFrom(file);
      const small = pixels && (await this.worker.reduced(pixels));
      if (small && memories.chosen.length >= MOST) refused.push(`${file.name} has no place. ${NO_PLACE}`);
      else if (small) await this.add({ own: -1, pixels: small });
      else refused.push(`${file.name} is no picture that this browser can read, or all of it is one grey.`);
    }
    if (files.length === 0 && text)
      refused.push("That was text. This network remembers pictures: drop one, or draw the word.");
    this.refused = refused.join(" ");
  }

  /** Adds picture after picture until less than half is left of what a network could remember. */
  async fill(): Promise<void> {
    const mine = ++this.fillings;
    this.filling = true;
    this.pause();
    this.chose = false;
    while (this.filling) {
      // The pictures may be off the screen, where nobody else asks for frames.
      await this.tick(performance.now());
      if (mine !== this.fillings) return;
      if (this.recalls.length > 0) {
        const next = nextOwn();
        if (this.quality < BROKEN || !next || memories.chosen.length >= MOST) break;
        await this.change([...memories.chosen, next], (before) => before);
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    if (mine !== this.fillings) return;
    this.filling = false;
    // Half of one shows how much is left; but not in place of what a visitor looks at.
    if (!this.chose) this.halve();
  }
  /** Pictures are somebody else's affair from now on. */
  private stopFilling(): void {
    this.fillings++;
    this.filling = false;
  }

  /** As it was when it came, and it plays by itself again. */
  reset(): Promise<void> {
    this.stopFilling();
    const { presentations, delay, eta, pictures } = usually;
    Object.assign(settings, { presentations, delay, eta, pictures });
    this.tried = new Map();
    if (memories.gallery.length > 0) choose(chosenFrom(pictures, memories.gallery, MOST));
    const begins = this.anew(() => 0);
    this.playByItself();
    return begins;
  }

  /** A visitor has chosen what is asked for. */
  private touched(): void {
    this.playing = false;
    this.refused = "";
    this.chose = true;
  }

  /** Whether the networks live through something else than what is chosen by now: what they answer is not shown any more. */
  private stale(): boolean {
    return this.begun !== this.wanted;
  }
  /** All begins anew, with what is set now, and another picture may be asked for; a visitor may choose again while it does. */
  private anew(asked = (before: number): number => before): Promise<void> {
    this.pause();
    this.wanted++;
    const next = Math.min(asked((this.next ?? this).asked), Math.max(0, memories.chosen.length - 1));
    this.turnTo({ asked: next, gone: new Uint8Array(PIXELS) });
    this.frame = null;
    this.recalls = [];
    return this.inTurn(async () => {
      if (!(await this.awake())) return;
      const { eta } = settings;
      if (eta !== this.rate) await this.worker.setEta(eta || null);
      this.rate = eta;
      await this.again();
    });
  }
  /** Shows the chosen pictures to networks that have seen nothing yet. What a visitor took away before they came stays so. */
  private async again(): Promise<void> {
    const { wanted } = this;
    this.sent = null;
    this.asked = Math.min(this.asked, Math.max(0, memories.chosen.length - 1));
    await this.worker.begin(
      memories.chosen.map(({ pixels }) => pixels),
      { presentations: settings.presentations, delay: settings.delay, seed: settings.seed },
    );
    this.begun = wanted;
    memories.begun++;
  }

  /** While the networks answer, a question waits for its answers: nobody sees those to another beside it. */
  private asks(question: Question): void {
    if (this.asking) this.next = question;
    else this.turnTo(question);
  }
  private turnTo({ asked, gone }: Question): void {
    this.next = null;
    this.asked = asked;
    this.gone = gone;
  }

  /** One thing after another: nothing is asked of lives that are just being begun anew. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.busy = this.busy.then(work).catch((error: unknown) => {
      this.failure = inWords(error);
    });
    return this.busy;
  }

  /** Takes away a half, from the edge on, then the other picture's. */
  private play(now: number): void {
    if (this.turned === 0) this.turned = now;
    const still = prefersStillness();
    const share = still ? 1 : Math.min(1, (now - this.turned) / WIPE);
    if (now - this.turned > TURN && !still) {
      this.turned = now;
      const asked = (this.asked + 1) % memories.chosen.length;
      this.next = { asked, gone: new Uint8Array(PIXELS) };
      return;
    }
    const rows = Math.round((share * SIDE) / 2);
    const upper = this.asked % 2 === 1;
    if (this.gone.reduce((sum, pixel) => sum + pixel, 0) === rows * SIDE) return;
    const gone = Uint8Array.from(this.gone, (_, k) => {
      const row = Math.floor(k / SIDE);
      return (upper ? row < rows : row >= SIDE - rows) ? 1 : 0;
    });
    this.next = { asked: this.asked, gone };
  }
}

/** What is left of a picture: 0 where it is gone. */
const left = (picture: Float32Array, gone: Uint8Array): Float32Array =>
  picture.map((value, k) => (gone[k] ? 0 : value));
