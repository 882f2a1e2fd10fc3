/** Saving what is on the page: nothing leaves it but into the visitor's own files. */

export interface Panel {
  readonly canvas: HTMLCanvasElement;
  readonly label: string;
}

const [PANEL, GAP, TEXT, HEADING] = [256, 16, 28, 36];
const [NIGHT, INK, SOFT, LINE] = ["#0a080e", "#f4eee4", "#b3adb9", "#35303f"];
const FACE = "Commissioner, system-ui, sans-serif";

/** Panels side by side with their labels, on the page's night; a title above them, and where it comes from below. */
export function sheet(panels: readonly Panel[], title: string, address: string): HTMLCanvasElement {
  const whole = document.createElement("canvas");
  const widths = panels.map(({ canvas }) => Math.round((PANEL * canvas.width) / canvas.height));
  const top = title ? GAP + HEADING : GAP;
  whole.width = widths.reduce((sum, width) => sum + width + GAP, GAP);
  whole.height = top + PANEL + 2 * TEXT + GAP;
  const context = whole.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = NIGHT;
  context.fillRect(0, 0, whole.width, whole.height);
  context.fillStyle = INK;
  context.font = `600 22px ${FACE}`;
  if (title) context.fillText(title, GAP, GAP + HEADING - 18, whole.width - 2 * GAP);
  context.font = `15px ${FACE}`;
  context.strokeStyle = LINE;
  let x = GAP;
  panels.forEach(({ canvas, label }, k) => {
    const width = widths[k]!;
    // Pixels that are made larger stay squares; what is drawn finer is made smaller softly.
    context.imageSmoothingEnabled = canvas.height > PANEL;
    context.drawImage(canvas, x, top, width, PANEL);
    context.strokeRect(x - 0.5, top - 0.5, width + 1, PANEL + 1);
    context.fillText(label, x, top + PANEL + 20, width);
    x += width + GAP;
  });
  context.fillStyle = SOFT;
  context.font = `13px ${FACE}`;
  context.fillText(address, GAP, whole.height - GAP, whole.width - 2 * GAP);
  return whole;
}

export async function savePng(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) saveBlob(blob, `${name}.png`);
}

const FRAME = 80;

/** Takes `count` frames of what `draw` makes, 80 ms apart, and saves them as one that repeats forever. */
export async function saveGif(draw: () => HTMLCanvasElement, count: number, name: string): Promise<void> {
  const { Animation } = await import("./animation.js");
  const animation = new Animation(FRAME);
  for (let frame = 0; frame < count; frame++) {
    const drawn = draw();
    const { width, height } = drawn;
    const { data } = drawn.getContext("2d")!.getImageData(0, 0, width, height);
    animation.add({ width, height, rgba: data });
    await new Promise((resolve) => setTimeout(resolve, FRAME));
  }
  saveBytes(animation.end(), `${name}.gif`, "image/gif");
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
