import { diverging } from "hebbian/figures";

/** Where a picture is gone: no grey, so that it is not taken for one. */
const GONE = [236, 229, 214] as const;
/** Of lights, and of what is between them. */
const [AMBER, BLUE, NIGHT] = [
  [255, 190, 96],
  [72, 104, 214],
  [18, 15, 24],
] as const;
const SHADES = 255;
const scale = Array.from({ length: 2 * SHADES + 1 }, (_, k) => diverging((k - SHADES) / SHADES, 1));

/** The colour of a share of the limit, -1 to 1, as CSS has it. */
export const cssColour = (share: number): string => `rgb(${diverging(share, 1).join(" ")})`;

/** Greys from -1 (black) to 1 (white), row-major; where `gone` says so, in the colour of nothing. */
export function paintGreys(
  canvas: HTMLCanvasElement,
  greys: ArrayLike<number>,
  gone?: ArrayLike<number>,
): void {
  paint(canvas, (k, rgba) => {
    if (gone?.[k]) {
      const dark = (k + Math.floor(k / canvas.width)) % 2 === 0 ? 7 : 0;
      rgba.set([GONE[0] - dark, GONE[1] - dark, GONE[2] - dark, 255], 4 * k);
      return;
    }
    const grey = Math.max(0, Math.min(255, 127.5 * (greys[k]! + 1)));
    rgba.set([grey, grey, grey, 255], 4 * k);
  });
}

/** Numbers from -limit to limit on the diverging scale. */
export function paintDiverging(canvas: HTMLCanvasElement, values: ArrayLike<number>, limit: number): void {
  paint(canvas, (k, rgba) => {
    const share = limit === 0 ? 0 : Math.max(-1, Math.min(1, values[k]! / limit));
    const [red, green, blue] = scale[Math.round(share * SHADES) + SHADES]!;
    rgba[4 * k] = red;
    rgba[4 * k + 1] = green;
    rgba[4 * k + 2] = blue;
    rgba[4 * k + 3] = 255;
  });
}

/** Numbers from -limit to limit as light on dark: amber above 0, blue below. */
export function paintLights(canvas: HTMLCanvasElement, values: ArrayLike<number>, limit: number): void {
  paint(canvas, (k, rgba) => {
    const share = limit === 0 ? 0 : Math.max(-1, Math.min(1, values[k]! / limit));
    const light = share < 0 ? BLUE : AMBER;
    for (let c = 0; c < 3; c++) rgba[4 * k + c] = NIGHT[c]! + Math.abs(share) * (light[c]! - NIGHT[c]!);
    rgba[4 * k + 3] = 255;
  });
}

/** As either scale shows 0, everywhere, without going through pixels. */
export function paintNothing(canvas: HTMLCanvasElement, lights: boolean): void {
  const context = canvas.getContext("2d")!;
  context.fillStyle = lights ? `rgb(${NIGHT.join(" ")})` : cssColour(0);
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function paint(canvas: HTMLCanvasElement, each: (k: number, rgba: Uint8ClampedArray) => void): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < canvas.width * canvas.height; k++) each(k, image.data);
  context.putImageData(image, 0, 0);
}
