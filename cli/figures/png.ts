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

/**
 * Draws an SVG figure as a PNG of `scale` pixels for each of the figure's own, with the bundled font only.
 * @throws RangeError if the scale is not a positive number
 */
export async function renderPng(svg: string, scale: number): Promise<Uint8Array> {
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new RangeError(`renderPng: scale must be a positive number, got ${scale}; 2 suits most screens`);
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
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}
