import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { FONT_FILES } from "./font.js";

let ready: Promise<void> | undefined;

/** The renderer may be initialised only once in a process. */
function initialised(): Promise<void> {
  ready ??= readFile(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")).then(
    initWasm,
  );
  return ready;
}

/** The pixels of an SVG figure, red, green, blue and alpha each, row-major. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * Draws an SVG figure with `scale` pixels for each of the figure's own, with the bundled font only.
 * @throws RangeError if the scale is not a positive number
 */
export const rasterise = (svg: string, scale: number): Promise<Pixels> =>
  rendered("rasterise", svg, scale, ({ width, height, pixels }) => ({ width, height, pixels }));

/** As `rasterise`, as a PNG file. */
export const renderPng = (svg: string, scale: number): Promise<Uint8Array> =>
  rendered("renderPng", svg, scale, (image) => image.asPng());

async function rendered<Result>(
  where: string,
  svg: string,
  scale: number,
  use: (image: ReturnType<InstanceType<typeof Resvg>["render"]>) => Result,
): Promise<Result> {
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new RangeError(`${where}: scale must be a positive number, got ${scale}; 2 suits most screens`);
  }
  await initialised();
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    // This renderer does not know "pixelated" and would smooth the rasters.
    imageRendering: 1,
    font: { fontBuffers: [...FONT_FILES], defaultFontFamily: "Commissioner" },
  });
  try {
    const image = resvg.render();
    try {
      return use(image);
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}
