import type { Drawing } from "../worker/strokes.js";

const [SIDE, PEN] = [320, 0.036];

/** A drawing as light on a dark sheet, on a canvas of its own: for pictures that a visitor saves. */
export function paintedDrawing(drawing: Drawing): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#14111b";
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = "#ffbe6a";
  context.lineWidth = PEN * SIDE;
  context.lineCap = context.lineJoin = "round";
  for (const points of drawing) {
    context.beginPath();
    points.forEach(([x, y], k) => {
      if (k === 0) context.moveTo(x * SIDE, y * SIDE);
      context.lineTo(x * SIDE, y * SIDE);
    });
    context.stroke();
  }
  return canvas;
}
