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
  private hurry = false;
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
    const loading = orFails(
      this.worker,
      this.worker.load(new URL(images, location.href).href, settings.eta || null),
    );
    await orFails(this.worker, loadGallery());
    this.learnedEta = await loading;
    await this.again();
    this.ready = true;
    if (imagesRnn) await this.worker.loadPlain(new URL(imagesRnn, location.href).href);
  }

  /** To be called once a screen frame: lives on, and answers what is asked. */
  tick = (now: number): Promise<void> =>
    this.inTurn(async () => {
      if (!this.ready || memories.chosen.length === 0) return;
      if (this.asking) {
        if (this.recalls.length === 0) {
          this.recalls = await this.worker.recall();
          this.tried = new Map(this.tried).set(memories.chosen.length, this.quality);
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
      const steps = this.hurry || this.asking ? total : Math.floor(this.due);
      if (steps < 1 && this.frame) return;
      this.due = 0;
      const next = await this.worker.frame(Math.max(1, steps));
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
    if (this.next) this.turnTo(this.next);
    const gone = this.gone.slice();
    for (const pixel of pixels) gone[pixel] = 1;
    this.gone = gone;
  }
  ask(index: number): void {
    this.playing = false;
    this.refused = "";
    this.asks({ asked: index, gone: new Uint8Array(PIXELS) });
  }
  halve(): void {
    this.playing = false;
    const { asked } = this.next ?? this;
    this.asks({ asked, gone: new Uint8Array(PIXELS).fill(1, PIXELS / 2) });
  }
  playByItself(): void {
    this.playing = true;
    this.turned = 0;
  }

  /** Other pictures, or other ways of showing them: all networks begin anew. */
  change(chosen: readonly Memory[], asked = this.asked): Promise<void> {
    this.stopPlaying();
    this.refused = "";
    this.asked = asked;
    choose(chosen);
    return this.inTurn(() => this.anew());
  }
  remove(index: number): Promise<void> {
    const chosen = memories.chosen.filter((_, k) => k !== index);
    return this.change(chosen, index < this.asked ? this.asked - 1 : this.asked);
  }
  async add(memory: Memory): Promise<void> {
    if (memories.chosen.length >= MOST) return;
    await this.change([...memories.chosen, memory], memories.chosen.length);
  }
  /** One of the page's own pictures, in or out. */
  toggle(own: number): Promise<void> {
    const at = memories.chosen.findIndex((memory) => memory.own === own);
    return at >= 0 ? this.remove(at) : this.add(owned(own));
  }
  /** What a visitor opens, drops or pastes: pictures are added, and the last is asked for; of the rest it is said why not. */
  async take({ files, text }: Given): Promise<void> {
    const refused: string[] = [];
    for (const file of files) {
      if (memories.chosen.length >= MOST) {
        refused.push(`${file.name} has no place: ${MOST} pictures are all that fit. Take one away first.`);
        continue;
      }
      const pixels = await pictureFrom(file);
      const small = pixels && (await this.worker.reduced(pixels));
      if (small) await this.add({ own: -1, pixels: small });
      else refused.push(`${file.name} is no picture that this browser can read, or all of it is one grey.`);
    }
    if (files.length === 0 && text)
      refused.push("That was text. This network remembers pictures: drop one, or draw the word.");
    this.refused = refused.join(" ");
  }

  /** Adds picture after picture until less than half is left of what a network could remember. */
  async fill(): Promise<void> {
    this.filling = this.hurry = true;
    this.playing = false;
    while (this.filling) {
      // The pictures may be off the screen, where nobody else asks for frames.
      await this.tick(performance.now());
      if (this.recalls.length > 0) {
        const next = nextOwn();
        if (this.quality < BROKEN || !next || memories.chosen.length >= MOST) break;
        await this.change([...memories.chosen, next]);
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    this.hurry = this.filling = false;
    this.halve();
  }

  async setEta(): Promise<void> {
    this.stopPlaying();
    await this.inTurn(async () => {
      await this.worker.setEta(settings.eta || null);
      await this.anew();
    });
  }
  async reset(): Promise<void> {
    const { presentations, delay, eta, pictures } = usually;
    Object.assign(settings, { presentations, delay, eta, pictures });
    this.tried = new Map();
    choose(chosenFrom(pictures, memories.gallery, MOST));
    this.stopPlaying();
    this.asked = 0;
    await this.setEta();
    this.playByItself();
  }

  /** What it would have asked next is not asked any more: an answer on its way turns to nothing. */
  private stopPlaying(): void {
    this.playing = false;
    this.next = null;
  }
  private async anew(): Promise<void> {
    this.gone = new Uint8Array(PIXELS);
    await this.again();
  }
  /** Shows the chosen pictures to networks that have seen nothing yet. What a visitor took away before they came stays so. */
  private async again(): Promise<void> {
    this.recalls = [];
    this.next = null;
    this.sent = null;
    this.asked = Math.min(this.asked, Math.max(0, memories.chosen.length - 1));
    await this.worker.begin(
      memories.chosen.map(({ pixels }) => pixels),
      { presentations: settings.presentations, delay: settings.delay, seed: settings.seed },
    );
    this.frame = null;
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
