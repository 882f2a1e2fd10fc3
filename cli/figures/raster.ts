import { pngFile } from "./pngFile.js";
import { element } from "./svg.js";

/** Red, green and blue, each 0 to 255. */
export type Colour = readonly [number, number, number];

/** A colour as SVG writes it. */
export const css = ([r, g, b]: Colour): string => `rgb(${r},${g},${b})`;

/** Colours of a raster, row-major. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly colours: readonly Colour[];
}

/** A raster as an SVG image of the given place and size, its cells crisp squares at any zoom. */
export function rasterImage(raster: Raster, x: number, y: number, width: number, height: number): string {
  const data = new Uint8Array(raster.width * raster.height * 3);
  raster.colours.forEach((colour, i) => {
    data.set(colour, 3 * i);
  });
  const png = pngFile(raster.width, raster.height, data);
  return element("image", {
    ...{ x, y, width, height },
    href: `data:image/png;base64,${Buffer.from(png).toString("base64")}`,
    preserveAspectRatio: "none",
    "image-rendering": "pixelated",
  });
}
