import { PIXELS, SIDE } from "../../drawings/raster.js";

/** Canvas pixels of a neuron's light, and the dark between two. */
const CELL = 14;
const GAP = 2;
export const SIZE = SIDE * CELL;

type Colour = readonly [red: number, green: number, blue: number];
const DARK: Colour = [14, 12, 19];
/** Of a neuron that has learned nothing of another: an empty memory is seen to be one. */
const BLANK: Colour = [22, 20, 29];
/** Of a light that is on, of one that has just come on, and of one that says no. Amber and blue: no eye takes one for the other. */
export const lights = {
  ink: { on: [255, 178, 84], fresh: [255, 240, 214], off: [30, 27, 38] },
  trace: { on: [255, 196, 110], fresh: [255, 240, 214], off: [58, 84, 190] },
  still: { on: [142, 151, 172], fresh: [186, 194, 212], off: [27, 27, 36] },
} as const satisfies Record<string, Record<"on" | "fresh" | "off", Colour>>;
export type Light = keyof typeof lights;

/** In a frame of 1/60 s: how far a light follows, as a share of the way; how much one that comes on warms, and how much stays of that. */
const [FOLLOW, WARM, COOL] = [0.24, 0.25, 0.93];
/** A frame, ms, and how many count at most where a screen is slow: lights take their time, as long on every screen. */
const [FRAME, MOST] = [1000 / 60, 6];
const CLOSE = 0.004;
/** Weaker connections are not drawn as threads. */
const FAINT = 0.05;

function squareOf(side: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  return canvas;
}

/** Lights in a square, one a neuron, that come on and go out softly: nothing on this page flashes. */
export class Lights {
  private readonly now = new Float32Array(PIXELS);
  private readonly heat = new Float32Array(PIXELS);
  /** The lights' colours, a pixel each; the same as light alone; and the dark between them. */
  private readonly colours = squareOf(SIDE);
  private readonly halo = squareOf(SIDE);
  private readonly bars = squareOf(SIZE);

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly light: Light,
  ) {
    const context = this.bars.getContext("2d")!;
    context.fillStyle = `rgb(${DARK.join(" ")})`;
    for (let k = 0; k <= SIDE; k++) {
      context.fillRect(k * CELL - GAP / 2, 0, GAP, SIZE);
      context.fillRect(0, k * CELL - GAP / 2, SIZE, GAP);
    }
  }

  /**
   * As much nearer to `values` (-1 to 1) as lights come in `passed` ms; false when they are reached. `at`: the neuron that looks, or -1.
   */
  step(values: ArrayLike<number>, at: number, still: boolean, passed: number): boolean {
    const frames = Math.max(0, Math.min(MOST, passed / FRAME));
    const [follow, cool] = [1 - (1 - FOLLOW) ** frames, COOL ** frames];
    let moving = false;
    for (let k = 0; k < PIXELS; k++) {
      const far = values[k]! - this.now[k]!;
      if (Math.abs(far) < CLOSE || still) this.now[k] = values[k]!;
      else {
        this.now[k]! += follow * far;
        if (far > 0.3) this.heat[k] = Math.min(1, this.heat[k]! + WARM * frames);
        moving = true;
      }
      this.heat[k] = still || this.heat[k]! < CLOSE ? 0 : this.heat[k]! * cool;
      if (this.heat[k]! > 0) moving = true;
    }
    this.paint(at);
    return moving;
  }

  private paint(at: number): void {
    const { on, off, fresh } = lights[this.light];
    const resting = this.light === "trace" ? BLANK : off;
    const [colours, halo] = [new ImageData(SIDE, SIDE), new ImageData(SIDE, SIDE)];
    for (let k = 0; k < PIXELS; k++) {
      const value = this.now[k]!;
      const full = Math.min(1, Math.abs(value));
      // What is weak in a memory is seen too.
      const share = this.light === "trace" ? Math.sqrt(full) : full;
      const [towards, heat] = [value < 0 ? off : on, this.heat[k]!];
      const strength = value < 0 ? 0.45 * share : share;
      for (let c = 0; c < 3; c++) {
        const lit = resting[c]! + strength * (towards[c]! - resting[c]!);
        const channel = lit + heat * strength * (fresh[c]! - lit);
        colours.data[4 * k + c] = halo.data[4 * k + c] = channel;
      }
      colours.data[4 * k + 3] = 255;
      halo.data[4 * k + 3] = value > 0 ? 255 * share : 0;
    }
    this.colours.getContext("2d")!.putImageData(colours, 0, 0);
    this.halo.getContext("2d")!.putImageData(halo, 0, 0);
    const context = this.canvas.getContext("2d")!;
    context.globalCompositeOperation = "source-over";
    context.imageSmoothingEnabled = false;
    context.drawImage(this.colours, 0, 0, SIZE, SIZE);
    context.drawImage(this.bars, 0, 0);
    // The same lights once more, out of focus.
    context.globalCompositeOperation = "lighter";
    context.imageSmoothingEnabled = true;
    context.globalAlpha = 0.3;
    context.drawImage(this.halo, 0, 0, SIZE, SIZE);
    context.globalAlpha = 1;
    if (at >= 0) this.threads(context, at);
  }

  /** From the neuron that looks to each that it has come to know. */
  private threads(context: CanvasRenderingContext2D, at: number): void {
    const middle = (k: number) =>
      [(k % SIDE) * CELL + CELL / 2, Math.floor(k / SIDE) * CELL + CELL / 2] as const;
    const [x, y] = middle(at);
    context.strokeStyle = "rgb(255 206 130)";
    context.beginPath();
    let [sum, count] = [0, 0];
    for (let k = 0; k < PIXELS; k++) {
      if (this.now[k]! <= FAINT) continue;
      sum += this.now[k]!;
      count++;
      context.moveTo(x, y);
      context.lineTo(...middle(k));
    }
    context.globalAlpha = count > 0 ? (0.14 * sum) / count : 0;
    context.stroke();
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, CELL * 0.7, 0, 2 * Math.PI);
    context.stroke();
    context.lineWidth = 1;
  }
}
