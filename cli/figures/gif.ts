// The package's ES module has no types and Node takes its CommonJS one: a default import holds all of it.
import gifenc from "gifenc";
import { rasterise } from "./png.js";

export interface GifFrame {
  readonly svg: string;
  /** How long it is seen, in milliseconds; GIF knows hundredths of a second. */
  readonly delay: number;
}

const COLOURS = 128;

/**
 * Draws figures of one size as an animated GIF that repeats forever.
 * @throws RangeError for no frames, or for one of another size than the first
 */
export async function renderGif(frames: readonly GifFrame[], scale: number): Promise<Uint8Array> {
  if (frames.length === 0) throw new RangeError("renderGif: expected at least one frame, got none");
  const gif = gifenc.GIFEncoder();
  // The last frame has all the colours of those before it.
  const last = await rasterise(frames.at(-1)!.svg, scale);
  const palette = gifenc.quantize(last.pixels, COLOURS);
  for (const { svg, delay } of frames) {
    const { width, height, pixels } = await rasterise(svg, scale);
    if (width !== last.width || height !== last.height) {
      throw new RangeError(
        `renderGif: every frame must be ${last.width} x ${last.height}, got ${width} x ${height}`,
      );
    }
    gif.writeFrame(gifenc.applyPalette(pixels, palette), width, height, { palette, delay, repeat: 0 });
  }
  gif.finish();
  return gif.bytes();
}
