import { halved } from "../../drawings/damage.js";
import { AT_ONCE, LOOK } from "../../drawings/protocol.js";
import { inkOf, PIXELS, paintLine, SIDE } from "../../drawings/raster.js";
import type { Cut, Healing } from "../../worker/drawing.js";
import { inWords } from "../failure.js";
import { settings } from "../settings.svelte.js";
import { drawingWorker } from "../workers.js";
import { codeOf, drawingFromCode } from "./drawingCode.js";
import { differing, nearestInk } from "./ink.js";
import { drawingNetwork } from "./network.js";
import { Pace, type Turn } from "./pace.js";
import { type Damage, spoiled } from "./spoil.js";
import { tell } from "./story.js";
import { type Tempo, visitorsTempo } from "./tempo.js";

/**
 * Where the story is: the network is being loaded; a drawing is made; the network looks at it; it lies there whole; it is
 * damaged; it heals; it has healed.
 */
export type Phase = "waking" | "drawing" | "looking" | "whole" | "damaged" | "healing" | "healed";
export type Point = readonly [x: number, y: number];

/** After the pointer was lifted, ms: somebody may want to rub once more. */
const PATIENCE = 650;
const [PEN, ERASER] = [1.3, 2.6];
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
  /** Until somebody takes the pen, the page tells the story itself, round after round. */
  playing = $state(true);
  round = $state(0);
  paused = $state(false);
  /** Whether it can be seen. */
  seen = $state(true);
  connections = $state(0);
  cut = $state(0);
  /** What was found out about cutting connections, as far as it was tried. */
  cuts = $state.raw<readonly Cut[]>([]);
  surveying = $state(false);
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
  /** Whether the pen or the eraser is down. */
  private held = false;
  /** What it knows, by number: another one as soon as it looks at something, or forgets. An answer about an earlier one is too late. */
  private memory = 0;
  private readonly loaded = drawingNetwork();

  /** `ontold`: called when the page has told its story once, or is no longer listened to. */
  constructor(readonly ontold: () => void = () => {}) {}

  async start(): Promise<void> {
    // The hand draws while the network is on its way.
    await Promise.all([
      this.loaded.then((count) => (this.connections = count)),
      this.play(drawingFromCode(settings.drawn)),
    ]);
  }

  /** The page tells the story by itself. */
  async play(given: Uint8Array | null = null): Promise<void> {
    this.playing = true;
    this.paused = false;
    await tell(this, this.pace.begin(), given);
  }

  /** The pen or the eraser is put down. */
  async down(point: Point): Promise<void> {
    if (this.playing) {
      this.takeOver();
      this.phase = "drawing";
      this.pad = new Uint8Array(PIXELS);
      // What the page drew is forgotten; the stroke need not wait for that.
      this.forgetAll(false).catch(() => {});
    }
    if (this.phase === "looking") return;
    // Who waits for the network and goes on drawing is not done yet.
    this.pace.end();
    if (this.phase === "waking") this.phase = "drawing";
    if (this.rubs) this.phase = "damaged";
    this.held = true;
    this.stroke(point, point);
  }
  stroke(from: Point, to: Point): void {
    if (!this.held) return;
    const pad = this.pad.slice();
    paintLine(pad, from, to, this.rubs ? ERASER : PEN, this.rubs ? 0 : 1);
    this.pad = pad;
    if (this.rubs) this.still = pad;
    this.lookAt(to);
  }
  /** ... and lifted. */
  async up(): Promise<void> {
    this.held = false;
    if (this.phase === "damaged") await this.healSoon(PATIENCE);
  }

  /** The visitor's drawing is done: the network looks at it, once. */
  async look(): Promise<void> {
    if (!this.drawn || this.phase !== "drawing") return;
    const turn = this.pace.begin();
    await this.wakes();
    // Somebody may have gone on drawing meanwhile, or cleared the pad, or asked to be shown how.
    if (!(await turn.wait(0))) return;
    if (!this.drawn) {
      this.phase = "drawing";
      return;
    }
    settings.drawn = codeOf(this.pad);
    await this.looks(this.pad, turn, visitorsTempo());
  }

  async damage(kind: Damage): Promise<void> {
    if (this.phase === "looking" || this.phase === "drawing") return;
    this.takeOver();
    this.pad = this.still = spoiled(this.whole, kind);
    this.phase = "damaged";
    await this.healSoon(2 * PATIENCE);
  }

  /** A clean sheet, for a drawing more. */
  another(): void {
    if (this.full || this.phase === "looking") return;
    this.takeOver();
    this.pad = this.still = new Uint8Array(PIXELS);
    this.phase = "drawing";
    this.wrong = null;
  }
  /** Back to one that it knows. */
  choose(index: number): void {
    if (this.phase === "looking") return;
    this.takeOver();
    this.show(this.known[index]!);
    this.phase = "whole";
  }
  async forget(): Promise<void> {
    this.takeOver();
    settings.drawn = "";
    this.phase = "drawing";
    await this.forgetAll();
  }

  /** Cuts a share of its connections, and asks it again for what it was asked for last. */
  async setCut(share: number): Promise<void> {
    this.cut = share;
    if (this.known.length === 0 || this.held || this.phase === "looking" || this.phase === "drawing") return;
    this.takeOver();
    this.pad = this.still = this.left ?? halved(this.whole, Math.PI / 2);
    this.phase = "damaged";
    await this.healSoon(0);
  }
  /** Finds out how many connections can go, of what it knows now. */
  async survey(): Promise<void> {
    if (this.playing) {
      this.show(this.known.at(-1)!);
      this.phase = "whole";
      this.takeOver();
    }
    const { memory } = this;
    this.surveying = true;
    this.cuts = [];
    try {
      for (const share of SHARES) {
        const cut = await this.worker.recall(share);
        if (memory !== this.memory) return;
        this.cuts = [...this.cuts, cut];
      }
      this.surveying = false;
    } catch (error) {
      this.surveying = false;
      this.failure = inWords(error);
    }
  }

  /** The visitor looks at another pixel's memory. */
  lookAt([x, y]: Point): void {
    const inside = (value: number) => Math.max(0, Math.min(SIDE - 1, Math.floor(value)));
    this.at = inside(y) * SIDE + inside(x);
    this.ask();
  }

  /** Until the network is there; says so if that takes longer. */
  async wakes(): Promise<void> {
    if (this.connections === 0) this.phase = "waking";
    await this.loaded;
  }
  /** The network looks at a drawing; what it learns by that is seen as it goes on. */
  async looks(drawing: Uint8Array, turn: Turn, { looks }: Tempo): Promise<boolean> {
    this.phase = "looking";
    this.held = false;
    this.show(drawing);
    const memory = this.learns();
    const at = nearestInk(drawing, this.at);
    this.at = at;
    // All is asked at once, and shown as it was learned: the picture never waits for the network where that is faster.
    const learned = Array.from({ length: LOOK }, (_, step) => this.worker.look(drawing, step === 0, at));
    const done = Promise.all(learned);
    // Who does not wait for it any more need not hear that it failed.
    done.catch(() => {});
    const glance = (step: number) => {
      this.looked = step;
      const seen = (trace: Float32Array | null) => {
        if (step === this.looked && memory === this.memory) this.trace = trace!;
      };
      learned[step - 1]!.then(seen, () => {});
    };
    if (!(await turn.shows(LOOK, looks, glance))) return false;
    await done;
    // Somebody may have begun something else meanwhile.
    if (!(await turn.wait(0))) return false;
    this.known = [...this.known, drawing];
    this.phase = "whole";
    // The pointer may have gone on to another pixel.
    if (at !== this.at) void this.ask();
    return true;
  }
  /** What it makes of a damaged drawing. */
  asksFor(drawing: Uint8Array): Promise<Healing> {
    const healing = this.worker.heal(drawing, this.cut, this.healings++);
    healing.catch(() => {});
    return healing;
  }
  /** What lies on the pad becomes what the network has made of it. */
  async heals(turn: Turn, { heals }: Tempo, healing: Promise<Healing>): Promise<boolean> {
    this.left = this.pad;
    this.phase = "healing";
    const { plastic, still } = await healing;
    const step = (part: number) => {
      this.pad = plastic[part - 1]!;
      this.still = still[part - 1]!;
    };
    if (!(await turn.wait(0)) || !(await turn.shows(plastic.length, heals, step))) return false;
    this.wrong = { plastic: differing(this.pad, this.whole), still: differing(this.still, this.whole) };
    this.phase = "healed";
    return true;
  }
  /** The network has seen nothing; nor does the pad show anything, if it is to be cleared too. */
  async forgetAll(clears = true): Promise<void> {
    if (clears) this.show(new Uint8Array(PIXELS));
    this.learns();
    this.known = [];
    this.looked = 0;
    this.trace = new Float32Array(PIXELS);
    this.still = this.pad;
    this.wrong = null;
    await this.loaded;
    await this.worker.begin();
  }

  private takeOver(): void {
    this.ontold();
    this.playing = this.held = false;
    this.pace.end();
  }
  /** What it knew is not what it knows from now on; nor is what was found out about that. */
  private learns(): number {
    this.cuts = [];
    this.surveying = false;
    return ++this.memory;
  }
  private show(drawing: Uint8Array): void {
    this.whole = this.pad = this.still = drawing;
    this.wrong = null;
    this.left = null;
  }
  private async healSoon(ms: number): Promise<void> {
    const turn = this.pace.begin();
    if (!(await turn.wait(ms))) return;
    try {
      await this.heals(turn, visitorsTempo(), this.asksFor(this.pad));
    } catch (error) {
      this.failure = inWords(error);
    }
  }

  /** One question at a time; what was asked meanwhile is asked afterwards. While it looks, what it learns is shown anyway. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      for (let asked = -1; asked !== this.at && this.known.length > 0 && this.phase !== "looking"; ) {
        const { at, memory } = this;
        const trace = await this.worker.trace(at);
        if (memory === this.memory) {
          asked = at;
          this.trace = trace;
        }
      }
    } finally {
      this.asking = false;
    }
  }
}
