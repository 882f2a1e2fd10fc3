import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { fontFiles } from "./fontFiles.js";

let ready: Promise<void> | undefined;

/** The renderer may be initialised only once in a process. */
function initialised(): Promise<void> {
  ready ??= readFile(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")).then(
    (bytes) => withoutFetch(() => initWasm(bytes)),
  );
  return ready;
}

/**
 * The renderer asks whether it was given a Response or a Request. Node loads its HTTP client for whoever names one of them: a
 * second WebAssembly module with 10 GB of addresses, which ends the process where there is no WebAssembly or no room.
 */
async function withoutFetch(action: () => Promise<void>): Promise<void> {
  const names = ["Response", "Request"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const name of names) Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
  try {
    await action();
  } finally {
    for (const [k, name] of names.entries()) Object.defineProperty(globalThis, name, before[k]!);
  }
}

/**
 * Whether figures can be drawn in pixels here: the renderer is WebAssembly, of which there may be none (`node --jitless`), or
 * no memory for it (`ulimit -v`).
 */
export async function canRasterise(): Promise<boolean> {
  if (typeof WebAssembly === "undefined") return false;
  try {
    await initialised();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
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
    font: { fontBuffers: Object.values(fontFiles), defaultFontFamily: "Commissioner" },
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
