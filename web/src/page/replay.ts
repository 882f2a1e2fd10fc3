import type { Drawing } from "../worker/strokes.js";

/** A drawing as far as a hand has got with it: a share of its points, stroke by stroke. */
export function upTo(drawing: Drawing, share: number): Drawing {
  let left = Math.round(share * drawing.reduce((sum, stroke) => sum + stroke.length, 0));
  return drawing.flatMap((stroke) => {
    const drawn = stroke.slice(0, Math.max(0, left));
    left -= stroke.length;
    return drawn.length > 0 ? [drawn] : [];
  });
}
