import { transfer } from "comlink";
import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { PIXELS } from "../page/pixels.js";
import { Inside } from "./inside.js";
import { ownPictures, reduced } from "./pictures.js";
import { type Schedule, type Showing, scheduleOf } from "./presentation.js";
import { withEta } from "./withEta.js";

/** A moment of the three networks, for the page to draw. */
export interface MemoryFrame {
  readonly phase: "showing" | "waiting" | "asking";
  /** Which picture is being shown, or -1. */
  readonly shown: number;
  /** Steps lived of those before the question. */
  readonly step: number;
  readonly steps: number;
  /** What comes in: [1024]; 0 where nothing does. */
  readonly input: Float32Array;
  /** Answers, [1024] each: of the network, of the same one without plasticity, of a plain recurrent one if it is there. */
  readonly plastic: Float32Array;
  readonly still: Float32Array;
  readonly plain: Float32Array | null;
  /** Of all networks, in this frame, and how long they took in ms. */
  readonly computed: number;
  readonly took: number;
}

/** How well a picture is restored from its upper half. */
export interface Recall {
  /** Mean squared error over the missing half; of the network, and of one that has learned nothing. */
  readonly error: number;
  readonly without: number;
}

/** Steps that the network is given to answer, as in training. */
const ANSWER = 3;
const SILENCE = new Float32Array(PIXELS);

/** Three networks that live through the same: shown pictures, then asked for what is missing of one. */
export class Memory {
  private file: Uint8Array = new Uint8Array();
  private model: Model | null = null;
  private plainModel: Model | null = null;
  private plastic: Life | null = null;
  private still: Life | null = null;
  private plain: Life | null = null;
  private pictures: readonly Float32Array[] = [];
  private schedule: Schedule = new Int16Array();
  private step = 0;
  private question: Float32Array = SILENCE;
  private asked = false;
  private inside: Inside | null = null;

  /** The network, from its address or its file's bytes; the answer is the rate of plasticity that it has learned. */
  async load(source: string | Uint8Array, eta: number | null): Promise<number> {
    this.file = typeof source === "string" ? await fetched(source) : source;
    await this.setEta(eta);
    return this.learnedEta;
  }

  private learnedEta = 0;

  /** Null for what the network has learned itself. The lives begin anew with `begin`. */
  async setEta(eta: number | null): Promise<void> {
    const model = await loadModel(eta === null ? this.file : withEta(this.file, eta));
    if (eta === null) this.learnedEta = model.parameter("recurrent", "eta").values[0]!;
    this.forget();
    this.model = model;
  }

  async loadPlain(address: string): Promise<void> {
    this.plainModel = await loadModel(address);
    this.plain = this.plainModel.begin();
  }

  ownPictures = ownPictures;
  reduced = reduced;

  begin(pictures: readonly Float32Array[], showing: Omit<Showing, "count">): void {
    this.forget();
    this.pictures = pictures;
    this.schedule = scheduleOf({ ...showing, count: pictures.length });
    this.plastic = this.model!.begin();
    this.still = this.model!.begin();
    this.still.freeze();
    this.plain?.reset();
    this.step = 0;
    this.asked = false;
  }

  /** What is left of a picture, 0 where it is gone. */
  ask(question: Float32Array): void {
    this.question = question;
    this.asked = false;
  }

  /** Lives on for as many steps, or until the question comes; then answers it. */
  frame(steps: number): MemoryFrame {
    const began = performance.now();
    const total = this.schedule.length;
    const asking = this.step === total;
    let computed = 0;
    let input: Float32Array = SILENCE;
    let shown = -1;
    let answers: ReturnType<Memory["live"]> | null = null;
    if (!asking) {
      for (let k = 0; k < steps && this.step < total; k++) {
        shown = this.schedule[this.step++]!;
        input = this.pictures[shown] ?? SILENCE;
        answers = this.live(input);
        computed++;
      }
      if (this.step === total) this.plastic!.freeze();
    } else {
      // What is asked must not be learned: the damaged picture would take the place of the whole one.
      this.plastic!.freeze();
      input = this.question;
      for (let k = 0; k < (this.asked ? 1 : ANSWER); k++, computed++) answers = this.live(input);
      this.asked = true;
    }
    const frame: MemoryFrame = {
      phase: asking ? "asking" : shown < 0 ? "waiting" : "showing",
      shown,
      step: this.step,
      steps: total,
      input: input.slice(),
      ...answers!,
      computed: computed * (this.plain ? 3 : 2),
      took: performance.now() - began,
    };
    const plain = frame.plain ? [frame.plain.buffer] : [];
    return transfer(frame, [frame.input.buffer, frame.plastic.buffer, frame.still.buffer, ...plain]);
  }

  /** How well each picture would be restored now, from its upper half. The lives do not notice. */
  recall(): Recall[] {
    return this.pictures.map((picture) => {
      const question = picture.slice().fill(0, PIXELS / 2);
      const error = (life: Life) => {
        const copy = life.fork();
        copy.freeze();
        let answer: Float32Array = SILENCE;
        for (let k = 0; k < ANSWER; k++) answer = copy.step(question);
        copy.end();
        let sum = 0;
        for (let i = PIXELS / 2; i < PIXELS; i++) sum += (answer[i]! - picture[i]!) ** 2;
        return sum / (PIXELS / 2);
      };
      return { error: error(this.plastic!), without: error(this.still!) };
    });
  }

  /** The network's file, as it is used: with the page's eta. */
  modelFile(eta: number | null): Uint8Array {
    return eta === null ? this.file : withEta(this.file, eta);
  }
  snapshot(): Uint8Array {
    return this.plastic!.snapshot();
  }

  /** A second life through the same pictures, to look inside. */
  look(): Inside["about"] {
    this.inside?.end();
    this.inside = new Inside(this.model!, this.pictures, this.schedule);
    return this.inside.about;
  }
  overview(step: number, size: number) {
    return this.looked().overview(step, size);
  }
  fields(step: number, pixel: number) {
    return this.looked().fields(step, pixel);
  }
  synapse(pre: number, post: number) {
    return this.looked().history(pre, post);
  }
  /** Begun anew where other pictures were chosen since: who asks then gets to see these. */
  private looked(): Inside {
    this.inside ??= new Inside(this.model!, this.pictures, this.schedule);
    return this.inside;
  }

  private live(input: Float32Array) {
    return {
      plastic: this.plastic!.step(input),
      still: this.still!.step(input),
      plain: this.plain?.step(input) ?? null,
    };
  }

  private forget(): void {
    this.inside?.end();
    this.inside = null;
    this.plastic?.end();
    this.still?.end();
    this.plastic = this.still = null;
  }
}

async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export type MemoryWorker = Memory;
export const memory = new Memory();
