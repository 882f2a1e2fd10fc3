import { drawings } from "virtual:models";
import { halved, noisy, torn } from "../../drawings/damage.js";
import { AT_ONCE, LOOK } from "../../drawings/protocol.js";
import { inkOf, PIXELS, paintLine, SIDE } from "../../drawings/raster.js";
import type { Cut, Healing } from "../../worker/drawing.js";
import { prefersStillness } from "../frames.js";
import { settings } from "../settings.svelte.js";
import { drawingWorker, orFails } from "../workers.js";
import { codeOf, drawingFromCode } from "./drawingCode.js";
import { ownDrawing } from "./own.js";
import { Pace } from "./pace.js";

/**
 * Where the story is: the network is being loaded; a drawing is made; the network looks at it; it lies there whole; it is
 * damaged; it heals; it has healed.
 */
export type Phase = "waking" | "drawing" | "looking" | "whole" | "damaged" | "healing" | "healed";
export type Point = readonly [x: number, y: number];
export type Damage = "half" | "tear" | "noise";

/** Milliseconds of a step of each kind. */
const [HAND, GLANCE, RUB, HEAL] = [45, 115, 45, 95];
/** How long the page lets the visitor look before it goes on, ms. */
const [WHOLE, DAMAGED, HEALED] = [500, 500, 3600];
/** After the pointer was lifted, ms: somebody may want to rub once more. */
const PATIENCE = 650;
/** Frames in which the page draws, and rubs out. */
const PARTS = 18;
/** The first story is told faster: whoever has just come should see how it ends. */
const HURRY = 0.42;
const [PEN, ERASER] = [1.3, 2.6];
const NOISE = 0.15;
/** What the page takes away, in turn: the side that goes, as an angle. */
const SIDES = [Math.PI / 2, 0, Math.PI / 4, -Math.PI / 2];
/** Shares of connections that are cut to find out how many can go. */
const SHARES = [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98];

/** A share of pixels that differ, of the network and of the same one that cannot learn. */
interface Wrong {
  readonly plastic: number;
  readonly still: number;
}

/** What the first screen knows, and does: see `Phase`. */
export class Stage {
  readonly worker = drawingWorker();

  phase = $state<Phase>("waking");
  /** What lies on the pad, and in its place before the network that cannot learn. */
  pad = $state.raw<Uint8Array>(new Uint8Array(PIXELS));
  still = $state.raw<Uint8Array>(new Uint8Array(PIXELS));
  /** The drawing that is to come back, and all that it has been shown. */
  whole = $state.raw<Uint8Array>(new Uint8Array(PIXELS));
  known = $state.raw<readonly Uint8Array[]>([]);
  /** What the neuron of pixel `at` has learned of each other, -1 to 1. */
  trace = $state.raw<Float32Array>(new Float32Array(PIXELS));
  at = $state(14 * SIDE + 14);
  looked = $state(0);
  wrong = $state.raw<Wrong | null>(null);
  /** Until somebody takes the pen, the page tells the story itself. */
  playing = $state(true);
  paused = $state(false);
  /** Whether it can be seen. */
  seen = $state(true);
  connections = $state(0);
  cut = $state(0);
  /** What was found out about cutting connections, as far as it was tried. */
  cuts = $state.raw<readonly Cut[]>([]);
  failure = $state("");

  readonly full = $derived(this.known.length >= AT_ONCE);
  /** Whether the pointer rubs out; else it draws. */
  readonly rubs = $derived(!this.playing && this.phase !== "drawing" && this.phase !== "waking");
  readonly drawn = $derived(inkOf(this.pad) > 0);

  private readonly pace = new Pace(() => this.playing && (this.paused || !this.seen));
  /** What was left of the drawing when it began to heal. */
  private left: Uint8Array | null = null;
  private healings = 0;
  private asking = false;
  private loaded: Promise<number> = Promise.resolve(0);

  async start(): Promise<void> {
    if (!drawings) throw new Error("the network of this section was not built into the page");
    this.loaded = orFails(this.worker, this.worker.load(new URL(drawings, location.href).href));
    // The hand draws while the network is on its way.
    await Promise.all([
      this.loaded.then((count) => (this.connections = count)),
      this.play(drawingFromCode(settings.drawn)),
    ]);
  }

  /** The page tells the story by itself, again and again; once, where somebody wants no motion. */
  async play(given: Uint8Array | null = null): Promise<void> {
    this.playing = true;
    this.paused = false;
    const wait = this.pace.begin();
    this.pace.factor = HURRY;
    for (let turn = 0; ; turn++) {
      if (turn > 0) await this.forgetAll();
      const drawing = (turn === 0 && given) || ownDrawing(turn, 1);
      this.phase = "drawing";
      if (turn === 0 && given) this.pad = given;
      else if (!(await this.draws(turn, wait))) return;
      if (!(await this.looks(drawing, wait)) || !(await wait(WHOLE))) return;
      if (!(await this.rubsOut(SIDES[turn % SIDES.length]!, wait)) || !(await wait(DAMAGED))) return;
      if (!(await this.heals(wait))) return;
      if (turn === 0) performance.mark("alive");
      this.pace.factor = 1;
      if (prefersStillness()) return;
      if (!(await wait(HEALED))) return;
    }
  }

  /** The pen or the eraser is put down. */
  async down(point: Point): Promise<void> {
    if (this.playing) {
      this.takeOver();
      this.phase = "drawing";
      this.pad = new Uint8Array(PIXELS);
      // What the page drew is forgotten; the stroke need not wait for that.
      void this.forgetAll(false);
    }
    if (this.phase === "looking") return;
    this.pace.end();
    if (this.rubs) this.phase = "damaged";
    this.stroke(point, point);
  }
  stroke(from: Point, to: Point): void {
    const pad = this.pad.slice();
    paintLine(pad, from, to, this.rubs ? ERASER : PEN, this.rubs ? 0 : 1);
    this.pad = pad;
    if (this.rubs) this.still = pad;
    this.lookAt(to);
  }
  /** ... and lifted. */
  async up(): Promise<void> {
    if (this.phase === "damaged") await this.healSoon(PATIENCE);
  }

  /** The visitor's drawing is done: the network looks at it, once. */
  async look(): Promise<void> {
    if (!this.drawn || this.phase !== "drawing") return;
    settings.drawn = codeOf(this.pad);
    await this.looks(this.pad, this.pace.begin());
  }

  async damage(kind: Damage): Promise<void> {
    this.takeOver();
    if (this.phase === "looking" || this.phase === "drawing") return;
    const rng = randomly;
    if (kind === "tear") this.pad = torn(this.whole, rng);
    else if (kind === "noise") this.pad = noisy(this.whole, NOISE, rng);
    else this.pad = halved(this.whole, 2 * Math.PI * Math.random());
    this.still = this.pad;
    this.phase = "damaged";
    await this.healSoon(2 * PATIENCE);
  }

  /** A clean sheet, for a drawing more. */
  another(): void {
    this.takeOver();
    if (this.full) return;
    this.pad = this.still = new Uint8Array(PIXELS);
    this.phase = "drawing";
    this.wrong = null;
  }
  /** Back to one that it knows. */
  choose(index: number): void {
    this.takeOver();
    this.show(this.known[index]!);
    this.phase = "whole";
  }
  async forget(): Promise<void> {
    this.takeOver();
    settings.drawn = "";
    await this.forgetAll();
    this.phase = "drawing";
  }

  /** Cuts a share of its connections, and asks it again for what it was asked for last. */
  async setCut(share: number): Promise<void> {
    this.cut = share;
    if (this.known.length === 0 || this.phase === "looking" || this.phase === "drawing") return;
    this.takeOver();
    this.pad = this.still = this.left ?? halved(this.whole, Math.PI / 2);
    this.phase = "damaged";
    await this.healSoon(0);
  }
  /** Finds out how many connections can go. */
  async survey(): Promise<void> {
    this.takeOver();
    this.cuts = [];
    for (const share of SHARES) this.cuts = [...this.cuts, await this.worker.recall(share)];
  }

  /** The visitor looks at another pixel's memory. */
  lookAt([x, y]: Point): void {
    const inside = (value: number) => Math.max(0, Math.min(SIDE - 1, Math.floor(value)));
    this.at = inside(y) * SIDE + inside(x);
    this.ask();
  }

  private takeOver(): void {
    this.playing = false;
    this.pace.factor = 1;
    this.pace.end();
  }
  private show(drawing: Uint8Array): void {
    this.whole = this.pad = this.still = drawing;
    this.wrong = null;
    this.left = null;
  }
  private async forgetAll(clears = true): Promise<void> {
    if (clears) this.show(new Uint8Array(PIXELS));
    this.known = [];
    this.cuts = [];
    this.looked = 0;
    this.trace = new Float32Array(PIXELS);
    this.still = this.pad;
    this.wrong = null;
    await this.loaded;
    await this.worker.begin();
  }

  private async draws(number: number, wait: Wait): Promise<boolean> {
    const parts = prefersStillness() ? 1 : PARTS;
    for (let part = 1; part <= parts; part++) {
      this.pad = ownDrawing(number, part / parts);
      if (!(await wait(HAND))) return false;
    }
    return true;
  }

  private async looks(drawing: Uint8Array, wait: Wait): Promise<boolean> {
    if (this.connections === 0) this.phase = "waking";
    await this.loaded;
    this.phase = "looking";
    this.show(drawing);
    this.at = nearestInk(drawing, this.at);
    for (this.looked = 0; this.looked < LOOK; ) {
      await this.worker.look(drawing, this.looked === 0);
      // Somebody may have begun something else meanwhile.
      if (!(await wait(0))) return false;
      this.looked++;
      this.trace = await this.worker.trace(this.at);
      if (!(await wait(GLANCE))) return false;
    }
    this.known = [...this.known, drawing];
    this.phase = "whole";
    return true;
  }

  /** The page rubs out one side, from the edge on. */
  private async rubsOut(angle: number, wait: Wait): Promise<boolean> {
    this.phase = "damaged";
    const left = halved(this.whole, angle);
    const depth = (k: number) => (k % SIDE) * Math.cos(angle) + Math.floor(k / SIDE) * Math.sin(angle);
    const depths = Array.from({ length: PIXELS }, (_, k) => depth(k));
    const [least, most] = [Math.min(...depths), Math.max(...depths)];
    const parts = prefersStillness() ? 1 : PARTS;
    for (let part = 1; part <= parts; part++) {
      const edge = most - ((most - least) * part) / parts;
      this.pad = this.whole.map((ink, k) => (depths[k]! >= edge ? left[k]! : ink));
      this.still = this.pad;
      if (!(await wait(RUB))) return false;
    }
    return true;
  }

  private async healSoon(ms: number): Promise<void> {
    const wait = this.pace.begin();
    if (await wait(ms)) await this.heals(wait);
  }
  private async heals(wait: Wait): Promise<boolean> {
    this.left = this.pad;
    this.phase = "healing";
    const healing: Healing = await this.worker.heal(this.pad, this.cut, this.healings++);
    if (!(await wait(0))) return false;
    for (const [step, plastic] of healing.plastic.entries()) {
      this.pad = plastic;
      this.still = healing.still[step]!;
      if (!(await wait(prefersStillness() ? 0 : HEAL))) return false;
    }
    this.wrong = { plastic: this.differing(this.pad), still: this.differing(this.still) };
    this.phase = "healed";
    return true;
  }
  private differing(drawing: Uint8Array): number {
    return drawing.reduce((sum, ink, k) => sum + Number(ink !== this.whole[k]), 0) / PIXELS;
  }

  /** One question at a time; what was asked meanwhile is asked afterwards. */
  private async ask(): Promise<void> {
    if (this.asking || this.known.length === 0) return;
    this.asking = true;
    for (let asked = -1; asked !== this.at; ) {
      asked = this.at;
      this.trace = await this.worker.trace(asked);
    }
    this.asking = false;
  }
}

type Wait = (ms: number) => Promise<boolean>;

/** What a visitor does to a drawing need not come out the same again. */
const randomly = {
  uniform: Math.random,
  integer: (n: number) => Math.floor(n * Math.random()),
  sign: (): -1 | 1 => (Math.random() < 0.5 ? -1 : 1),
  normal: () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
};

/** The pixel of ink that is nearest to another. */
function nearestInk(drawing: Uint8Array, pixel: number): number {
  const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
  let [best, least] = [pixel, Number.POSITIVE_INFINITY];
  for (let k = 0; k < PIXELS; k++) {
    const distance = Math.hypot(Math.floor(k / SIDE) - row, (k % SIDE) - column);
    if (drawing[k] === 1 && distance < least) [best, least] = [k, distance];
  }
  return best;
}
