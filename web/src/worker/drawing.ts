import { transfer } from "comlink";
import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { random } from "hebbian/tasks";
import { halved } from "../drawings/damage.js";
import { BLINK, said, seen } from "../drawings/protocol.js";
import { inkOf, PIXELS } from "../drawings/raster.js";
import { withCuts } from "./cut.js";

/** What becomes of a damaged drawing, step by step, in the network and in the same one without its plasticity. */
export interface Healing {
  /** Drawings, [841] of 0 and 1; the first is what was given. */
  readonly plastic: readonly Uint8Array[];
  readonly still: readonly Uint8Array[];
}

/** What is left of memory with a share of the connections cut. */
export interface Cut {
  readonly share: number;
  /** Share of wrong pixels, of all known drawings restored from a half. */
  readonly wrong: number;
}

/** In a step, one of so many neurons listens to the others and does what they say; then all have done so about once. */
const PARTS = 8;
/** Rounds that every neuron is given: what is settled late may still change what was settled early. */
const ROUNDS = 2;
const NOTHING = new Float32Array(PIXELS);
/** Halves that a cut network is asked for, by the angle of what is gone. */
const ANGLES = [0, Math.PI / 2, Math.PI, (3 * Math.PI) / 2];

/** A network that looks at drawings, and restores what is left of them. */
class DrawingMemory {
  private file: Uint8Array = new Uint8Array();
  private model: Model | null = null;
  private alpha: Float32Array = new Float32Array();
  private life: Life | null = null;
  /** The same weights, and traces that stay at nothing. */
  private still: Life | null = null;
  private known: Uint8Array[] = [];
  /** The network with some of its connections cut, and what it has learned. */
  private cut: { readonly share: number; readonly life: Life } | null = null;
  /** What asks for a cut network waits until the one before has been answered: there is one of them at a time. */
  private asked: Promise<unknown> = Promise.resolve();

  /** From its file. The answer is how many connections it has. */
  async load(file: Uint8Array): Promise<number> {
    this.file = file;
    this.model = await loadModel(file);
    this.alpha = this.model.parameter("recurrent", "alpha").values;
    this.still = this.model.begin();
    this.still.freeze();
    this.begin();
    const [connection] = this.model.connections;
    return connection!.pre * connection!.post;
  }

  /** It has seen nothing. */
  begin(): void {
    this.known = [];
    this.uncut();
    this.life?.end();
    this.life = this.model!.begin();
  }

  /**
   * It looks for one step; `first`: it blinks before, for what it saw last has nothing to do with this drawing. The answer is what a
   * pixel's neuron has learned of the others by then, as `trace` has it; null where no pixel is named.
   */
  look(drawing: Uint8Array, first: boolean, pixel = -1): Float32Array | null {
    this.uncut();
    if (first) {
      this.known.push(drawing.slice());
      this.life!.step(BLINK);
    }
    this.life!.step(seen(drawing));
    return pixel < 0 ? null : this.trace(pixel);
  }

  /**
   * What a pixel's neuron has learned of each other, [841]: alpha * H, times the ink of the last drawing. About 1 or -1 where all of
   * these neurons together would make the other one sure.
   */
  trace(pixel: number): Float32Array {
    const H = this.life!.trace().values;
    const ink = inkOf(this.known.at(-1) ?? []);
    const row = new Float32Array(PIXELS);
    for (let k = 0; k < PIXELS; k++) {
      const at = pixel * PIXELS + k;
      row[k] = Math.max(-1, Math.min(1, ink * this.alpha[at]! * H[at]!));
    }
    return transfer(row, [row.buffer]);
  }

  /** What it makes of a damaged drawing with a share of its connections cut; nothing is learned by that. */
  heal(drawing: Uint8Array, share: number, seed: number): Promise<Healing> {
    const still = settled(this.still!, drawing, seed);
    return this.withCut(share, (life) => ({ plastic: settled(life, drawing, seed), still }));
  }

  /** How well it restores all that it knows from halves, with a share of its connections cut. */
  recall(share: number): Promise<Cut> {
    return this.withCut(share, (life) => {
      let wrong = 0;
      for (const drawing of this.known) {
        for (const angle of ANGLES) {
          const answer = settled(life, halved(drawing, angle), 0).at(-1)!;
          wrong += answer.reduce((sum, ink, k) => sum + Number(ink !== drawing[k]), 0);
        }
      }
      return { share, wrong: wrong / (PIXELS * ANGLES.length * Math.max(1, this.known.length)) };
    });
  }

  /** The network's file, as it came. */
  modelFile(): Uint8Array {
    return this.file;
  }
  snapshot(): Uint8Array {
    return this.life!.snapshot();
  }

  /** What a life with a share of its connections cut answers; the whole one where that is 0. */
  private async withCut<T>(share: number, answer: (life: Life) => T): Promise<T> {
    if (share === 0) return answer(this.life!);
    const answered = this.asked.then(async () => {
      if (this.cut?.share !== share) {
        this.uncut();
        const model = await loadModel(withCuts(this.file, share));
        // It may have looked at something meanwhile: what is cut is what it knows by now.
        this.cut = { share, life: model.resume(this.life!.snapshot(), { adopt: true }) };
      }
      return answer(this.cut.life);
    });
    this.asked = answered.catch(() => {});
    return answered;
  }
  private uncut(): void {
    this.cut?.life.end();
    this.cut = null;
  }
}

/**
 * What a life says of a drawing, as its neurons listen to each other a few at a time, in an order of chance. The life does not
 * notice.
 */
function settled(life: Life, drawing: Uint8Array, seed: number): Uint8Array[] {
  const rng = random(seed, "listening", 0);
  const copy = life.fork();
  copy.freeze();
  const frames = [drawing];
  let now = drawing;
  for (let round = 0; round < ROUNDS; round++) {
    const order = rng.shuffle(Uint16Array.from({ length: PIXELS }, (_, k) => k));
    for (let part = 0; part < PARTS; part++) {
      copy.step(seen(now));
      const answer = said(copy.step(NOTHING));
      now = now.slice();
      for (let k = part; k < PIXELS; k += PARTS) now[order[k]!] = answer[order[k]!]!;
      frames.push(now);
    }
  }
  copy.end();
  return frames;
}

export type DrawingWorker = DrawingMemory;
export const drawingMemory = new DrawingMemory();
