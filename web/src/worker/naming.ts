import { transfer } from "comlink";
import { type Life, loadModel, type Model } from "hebbian/lifetime";
import { nearestNeighbour, random } from "hebbian/tasks";
import { again, type Drawing, pictureOf } from "./strokes.js";
import { symbol } from "./symbols.js";

/** What is said of a drawing. */
export interface Naming {
  /** What the networks see of it, [31 * 31]. */
  readonly picture: Float32Array;
  /** Probabilities of the symbols: of the network, and of the same one without plasticity. */
  readonly plastic: Float32Array;
  readonly still: Float32Array;
  /** The symbol whose picture differs least from this one, pixel by pixel; -1 where there is none. */
  readonly neighbour: number;
  readonly took: number;
}

/** Share of right names of drawings from alphabets that training has not seen, as the model's file says. */
export interface Tested {
  readonly accuracy: number;
  readonly pixelNeighbour: number;
  /** Of the drawing whose 64 features are nearest. */
  readonly featureNeighbour: number;
}

/** How much more carefully a symbol is drawn for the first time. */
const CAREFUL = 3;

/** A network that is shown symbols once each, and then names other drawings of them. */
class NamingGame {
  private model: Model | null = null;
  private plastic: Life | null = null;
  private still: Life | null = null;
  private pictures: readonly (Float32Array | null)[] = [];

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

  /** A new life that sees each drawing once, and is told its number. Empty sheets are left out. */
  learn(drawings: readonly Drawing[]): void {
    this.plastic?.end();
    const life = this.model!.begin();
    this.plastic = life;
    this.pictures = drawings.map(pictureOf);
    this.pictures.forEach((picture, number) => {
      if (!picture) return;
      const label = new Float32Array(this.ways());
      label[number] = 1;
      life.step({ picture, label });
    });
    life.freeze();
  }

  /** Null for an empty sheet. */
  name(drawing: Drawing): Naming | null {
    const picture = pictureOf(drawing);
    if (!picture) return null;
    const began = performance.now();
    const [plastic, still] = [this.plastic!.step({ picture }), this.still!.step({ picture })];
    const took = performance.now() - began;
    const known = this.pictures.flatMap((other, number) => (other ? [{ other, number }] : []));
    const others = known.map(({ other }) => other);
    const neighbour = known.length > 0 ? known[nearestNeighbour(picture, others)]!.number : -1;
    return transfer({ picture, plastic, still, neighbour, took }, [
      picture.buffer,
      plastic.buffer,
      still.buffer,
    ]);
  }
}

export type NamingWorker = NamingGame;
export const naming = new NamingGame();
