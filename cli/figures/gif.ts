import { createRequire } from "node:module";
import { rasterise } from "./png.js";

/** The package is CommonJS to some loaders and an ES module with other exports to others: this way it is always one. */
const gifenc: typeof import("gifenc") = createRequire(import.meta.url)("gifenc");

export interface GifFrame {
  readonly svg: string;
  /** How long it is seen, in milliseconds; GIF knows hundredths of a second. */
  readonly delay: number;
}

const COLOURS = 64;
/** In the palette's place for the transparent index. */
const UNUSED = [0, 0, 0];
/** What a frame leaves behind for the next to be drawn upon. */
const KEEP = 1;

/**
 * Draws figures of one size as an animated GIF that repeats forever. Each frame holds only what is new in it.
 * @throws RangeError for no frames, or for one of another size than the first
 */
export async function renderGif(frames: readonly GifFrame[], scale: number): Promise<Uint8Array> {
  if (frames.length === 0) throw new RangeError("renderGif: expected at least one frame, got none");
  const gif = gifenc.GIFEncoder();
  // The last frame has all the colours of those before it.
  const last = await rasterise(frames.at(-1)!.svg, scale);
  const palette = gifenc.quantize(last.pixels, COLOURS);
  /** No pixel's own colour: what lies beneath shows through. */
  const transparentIndex = palette.length;
  let before: Uint8Array | null = null;
  for (const { svg, delay } of frames) {
    const { width, height, pixels } = await rasterise(svg, scale);
    if (width !== last.width || height !== last.height) {
      throw new RangeError(
        `renderGif: every frame must be ${last.width} x ${last.height}, got ${width} x ${height}`,
      );
    }
    const now = gifenc.applyPalette(pixels, palette);
    const beneath = before;
    gif.writeFrame(
      beneath ? now.map((at, k) => (at === beneath[k] ? transparentIndex : at)) : now,
      width,
      height,
      {
        // The first frame's palette is that of all.
        ...(beneath === null && { palette: [...palette, UNUSED] }),
        delay,
        repeat: 0,
        transparent: beneath !== null,
        transparentIndex,
        dispose: KEEP,
      },
    );
    before = now;
  }
  gif.finish();
  return gif.bytes();
}
