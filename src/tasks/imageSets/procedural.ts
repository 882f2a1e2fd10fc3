import { type Random, random } from "../random.js";
import { clouds, drawFrom } from "./draw.js";
import { checkIndex, type ImageSet, normalise } from "./imageSet.js";
import { painters } from "./painters.js";
import { Canvas, gradient } from "./shapes.js";

const SIZE = 32;

/**
 * Painted pictures of 32 x 32 that need no download: landscapes, creatures, buildings, still lifes, stripes and clouds,
 * put together at random. Like photographs they are smooth over most of their area, darker or lighter over wide ranges,
 * and cut by edges. Picture `index` is a pure function of seed and index; there are 2^32 of them.
 */
export function proceduralImages(seed: number): ImageSet {
  const set = {
    name: "procedural pictures",
    count: 2 ** 32,
    size: SIZE,
    pixels(index: number): Float32Array {
      checkIndex(set, index);
      // Never undefined: the grain alone is more than one grey.
      return normalise(paintPicture(random(seed, "procedural picture", index)))!;
    },
  };
  return set;
}

function paintPicture(rng: Random): Float64Array {
  const draw = drawFrom(rng);
  const canvas = new Canvas(SIZE);
  draw.oneOf(painters)(canvas, draw);
  // Light falls from one side, and nothing is perfectly smooth.
  canvas.add(gradient(0, draw.within(-0.25, 0.25), draw.within(-0.25, 0.25)));
  canvas.add(clouds(draw, 0.022, 3, 9));
  return canvas.greys;
}
