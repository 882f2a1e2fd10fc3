import { applyPalette, GIFEncoder, quantize } from "gifenc";

/** A picture of an animation: red, green, blue, alpha of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

/** Colours of an animation; one more stands for what stays as it was. */
const COLOURS = 63;
const SAME = COLOURS;

/**
 * A GIF that repeats forever, of one picture every `delay` ms. Only what changes is in it: a picture that stands still is
 * in it once, and lasts longer.
 */
export class Animation {
  private readonly gif = GIFEncoder();
  private before: Picture | null = null;
  /** The last picture, which is written when it is known how long it lasts. */
  private held: { readonly pixels: Uint8Array; readonly first: boolean; lasts: number } | null = null;
  private palette: readonly (readonly number[])[] = [];

  constructor(private readonly delay: number) {}

  add(picture: Picture): void {
    const { before } = this;
    if (before && same(before, picture)) {
      this.held!.lasts += this.delay;
      return;
    }
    this.write();
    if (!before || !this.covers(picture)) this.palette = quantize(bytesOf(picture), COLOURS);
    const pixels = applyPalette(bytesOf(picture), this.palette);
    if (before) {
      for (let k = 0; k < pixels.length; k++) {
        if (sameAt(before, picture, k)) pixels[k] = SAME;
      }
    }
    this.held = { pixels, first: before === null, lasts: this.delay };
    this.before = picture;
  }

  /** The file. */
  end(): Uint8Array {
    this.write();
    this.gif.finish();
    return this.gif.bytes();
  }

  private write(): void {
    if (!this.held) return;
    const { width, height } = this.before!;
    const { pixels, first, lasts } = this.held;
    // The file's palette has a place for what stays the same, whatever colour is written there.
    const palette = [
      ...this.palette,
      ...Array.from({ length: COLOURS + 1 - this.palette.length }, () => [0, 0, 0]),
    ];
    this.gif.writeFrame(pixels, width, height, {
      palette,
      delay: lasts,
      repeat: 0,
      dispose: 1,
      ...(!first && { transparent: true, transparentIndex: SAME }),
    });
  }

  /** Whether the palette has all of a picture's colours, nearly. */
  private covers(picture: Picture): boolean {
    const near = (rgba: Uint8ClampedArray, k: number) =>
      this.palette.some(
        (colour) => Math.max(...colour.slice(0, 3).map((c, i) => Math.abs(c - rgba[4 * k + i]!))) < 24,
      );
    const pixels = picture.width * picture.height;
    for (let k = 0; k < pixels; k += 97) if (!near(picture.rgba, k)) return false;
    return true;
  }
}

const bytesOf = ({ rgba }: Picture) => new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length);

const sameAt = (a: Picture, b: Picture, k: number): boolean =>
  a.rgba[4 * k] === b.rgba[4 * k] &&
  a.rgba[4 * k + 1] === b.rgba[4 * k + 1] &&
  a.rgba[4 * k + 2] === b.rgba[4 * k + 2];

function same(a: Picture, b: Picture): boolean {
  for (let k = 0; k < a.rgba.length; k++) if (a.rgba[k] !== b.rgba[k]) return false;
  return true;
}
