import { centreSquare, normalise, proceduralImages, resizeByArea } from "hebbian/tasks";
import { SIDE } from "../page/pixels.js";

/** A pixel of exactly 0 means "not given" to the network; one that is given and grey comes as near as this. */
const BARELY = 1 / 1024;

const painted = proceduralImages(5);
/** Painted pictures that look like something, of the first hundred. */
const chosen = [4, 8, 14, 39, 27, 40, 10, 62, 51, 32, 64, 36];

/** The page's own pictures: nobody's photographs, drawn by the library. */
export const ownPictures = (): Float32Array[] => chosen.map((index) => given(painted.pixels(index)));

/** The middle square of somebody's picture, in grey, 32 x 32; null if it is of one single grey. */
export function reduced({ width, height, data }: ImageData): Float32Array | null {
  const values = Float64Array.from({ length: width * height }, (_, i) => {
    const [r, g, b, a] = [data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!, data[4 * i + 3]! / 255];
    return (0.299 * r + 0.587 * g + 0.114 * b) * a + 255 * (1 - a);
  });
  const small = resizeByArea(centreSquare({ width, height, values }), SIDE, SIDE);
  const normal = normalise(small.values);
  return normal ? given(normal) : null;
}

const given = (pixels: Float32Array): Float32Array =>
  pixels.map((value) => (Math.abs(value) < BARELY ? (value < 0 ? -BARELY : BARELY) : value));
