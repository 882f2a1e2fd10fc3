import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { nearestNeighbour, random } from "hebbian/tasks";
import { again, type Drawing, pictureOf } from "./strokes.js";
import { symbol } from "./symbols.js";

/** What is said of a drawing, in the order in which symbols were shown. */
export interface Naming {
  /** What speaks for each symbol: the sum that its neuron receives. Of something never shown it is small for all of them. */
  readonly evidence: Float32Array;
  /** Probabilities of the symbols, one of them being meant. */
  readonly shares: Float32Array;
  /** The same of the network without plasticity. */
  readonly still: Float32Array;
  /** The symbol whose picture differs least from this one, pixel by pixel; -1 where there is none. */
  readonly neighbour: number;
}

/** Share of right names of drawings from alphabets that training has not seen, as the model's file says. */
export interface Tested {
  readonly accuracy: number;
  readonly pixelNeighbour: number;
  /** Of the drawing whose 64 features are nearest. */
  readonly featureNeighbour: number;
}

/** The model's name for what its neurons of classes receive. */
const EVIDENCE = "readout.z";
/** How much more carefully a symbol is drawn for the first time. */
const CAREFUL = 3;

/** A network that is shown symbols once each, and then names other drawings of them. */
class NamingGame {
  private model: Model | null = null;
  private plastic: Life | null = null;
  private still: Life | null = null;
  private pictures: readonly Float32Array[] = [];

  async load(source: string | Uint8Array): Promise<Tested> {
    this.model = await loadModel(source);
    this.still = this.model.begin();
    this.still.freeze();
    return JSON.parse(this.model.provenance.metrics ?? "{}");
  }

  /** How many symbols it can tell apart. */
  ways(): number {
    return this.model!.outputs;
  }

  /** Symbol `number` of a seed, as one hand draws it. */
  sample(seed: number, number: number): Drawing {
    return again(symbol(seed, number), random(seed, "sample", number), CAREFUL);
  }

  /** What somebody drew, as another hand does. */
  again(drawing: Drawing, seed: number, turn: number): Drawing {
    return again(drawing, random(seed, "again", turn));
  }

  /** A new life that sees each drawing once, and is told its number. At most as many as `ways()`, none of them empty. */
  learn(drawings: readonly Drawing[]): void {
    const life = this.model!.begin();
    this.lives(life, drawings);
    this.pictures.forEach((picture, number) => {
      const label = new Float32Array(this.ways());
      label[number] = 1;
      life.step({ picture, label });
    });
    life.freeze();
  }

  /** A life goes on that has seen these drawings; false for one of another network, which then has to see them again. */
  resume(snapshot: Uint8Array, drawings: readonly Drawing[]): boolean {
    try {
      const life = this.model!.resume(snapshot);
      life.freeze();
      this.lives(life, drawings);
      return true;
    } catch {
      this.learn(drawings);
      return false;
    }
  }
  snapshot(): Uint8Array {
    return this.plastic!.snapshot();
  }

  /** Null for an empty sheet. */
  name(drawing: Drawing): Naming | null {
    const picture = pictureOf(drawing);
    if (!picture || !this.plastic) return null;
    const { length } = this.pictures;
    this.plastic.step({ picture });
    const evidence = this.plastic.value(EVIDENCE).slice(0, length);
    const still = this.still!.step({ picture }).slice(0, length);
    const neighbour = length > 0 ? nearestNeighbour(picture, this.pictures) : -1;
    return { evidence, shares: softmax(evidence), still, neighbour };
  }

  private lives(life: Life, drawings: readonly Drawing[]): void {
    this.plastic?.end();
    this.plastic = life;
    this.pictures = drawings.map((drawing, k) => {
      const picture = pictureOf(drawing);
      if (!picture) throw new Error(`naming: there is nothing on sheet ${k + 1}`);
      return picture;
    });
  }
}

function softmax(sums: Float32Array): Float32Array {
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const all = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / all);
}

export type NamingWorker = NamingGame;
export const naming = new NamingGame();
