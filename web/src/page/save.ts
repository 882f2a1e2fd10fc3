/** Saving what is on the page: nothing leaves it but into the visitor's own files. */

export interface Panel {
  readonly canvas: HTMLCanvasElement;
  readonly label: string;
}

const PANEL = 256;
const GAP = 16;
const TEXT = 28;

/** Panels side by side with their labels, on white. */
export function sheet(panels: readonly Panel[]): HTMLCanvasElement {
  const whole = document.createElement("canvas");
  const widths = panels.map(({ canvas }) => Math.round((PANEL * canvas.width) / canvas.height));
  whole.width = widths.reduce((sum, width) => sum + width + GAP, GAP);
  whole.height = PANEL + TEXT + 2 * GAP;
  const context = whole.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, whole.width, whole.height);
  context.font = "15px Commissioner, system-ui, sans-serif";
  context.fillStyle = "#333";
  context.strokeStyle = "#e3e3e0";
  let x = GAP;
  panels.forEach(({ canvas, label }, k) => {
    const width = widths[k]!;
    // Pixels that are made larger stay squares; what is drawn finer is made smaller softly.
    context.imageSmoothingEnabled = canvas.height > PANEL;
    context.drawImage(canvas, x, GAP, width, PANEL);
    context.strokeRect(x - 0.5, GAP - 0.5, width + 1, PANEL + 1);
    context.fillText(label, x, GAP + PANEL + 20, width);
    x += width + GAP;
  });
  return whole;
}

export async function savePng(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) saveBlob(blob, `${name}.png`);
}

const FRAME = 80;

/** Takes `count` frames of what `draw` makes, 80 ms apart, and saves them as one that repeats forever. */
export async function saveGif(draw: () => HTMLCanvasElement, count: number, name: string): Promise<void> {
  const { GIFEncoder, quantize, applyPalette } = await import("gifenc");
  const gif = GIFEncoder();
  for (let frame = 0; frame < count; frame++) {
    const drawn = draw();
    const { width, height } = drawn;
    const { data } = drawn.getContext("2d")!.getImageData(0, 0, width, height);
    const pixels = new Uint8Array(data.buffer);
    const palette = quantize(pixels, 64);
    gif.writeFrame(applyPalette(pixels, palette), width, height, { palette, delay: FRAME, repeat: 0 });
    await new Promise((resolve) => setTimeout(resolve, FRAME));
  }
  gif.finish();
  saveBytes(gif.bytes(), `${name}.gif`, "image/gif");
}

export function saveBytes(bytes: Uint8Array, name: string, type = "application/octet-stream"): void {
  saveBlob(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
