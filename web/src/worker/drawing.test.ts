import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "hebbian/tasks";
import jsQR from "jsqr";
import { beforeAll, describe, expect, it } from "vitest";
import { halved, smashed } from "../drawings/damage.js";
import { LOOK } from "../drawings/protocol.js";
import { PIXELS, SIDE } from "../drawings/raster.js";
import { randomCode, randomDrawing } from "../drawings/shapes.js";
import { qrCodeOf } from "../page/code/qrCode.js";
import { drawingMemory } from "./drawing.js";

/** Drawings tried of each kind; 50 and more with HEBBIAN_DRAWINGS=50. */
const DRAWINGS = Number(process.env.HEBBIAN_DRAWINGS ?? 2);

const file = new Uint8Array(readFileSync(join(import.meta.dirname, "../../models/drawings.safetensors")));
beforeAll(() => drawingMemory.load(file));

/** The package is CommonJS: where modules are taken as Node does, its function is one level deeper. */
const decode = typeof jsQR === "function" ? jsQR : (jsQR as { default: typeof jsQR }).default;

const look = (drawing: Uint8Array, pixel?: number) =>
  Array.from({ length: LOOK }, (_, step) => drawingMemory.look(drawing, step === 0, pixel));
const wrong = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, ink, k) => sum + Number(ink !== b[k]), 0) / PIXELS;

/** What a decoder reads from a code, with light around it; null for nothing. */
function decoded(code: Uint8Array): string | null {
  const [module, quiet] = [4, 4];
  const side = (SIDE + 2 * quiet) * module;
  const rgba = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [row, column] = [Math.floor(y / module) - quiet, Math.floor(x / module) - quiet];
      const inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
      if (inside && code[row * SIDE + column] === 1) rgba.fill(0, 4 * (y * side + x), 4 * (y * side + x) + 3);
    }
  }
  return decode(rgba, side, side)?.data ?? null;
}

async function errors(count: number, draw: typeof randomDrawing) {
  const found: number[] = [];
  for (let k = 0; k < DRAWINGS; k++) {
    const rng = random(11, `drawings ${count}`, k);
    const drawings = Array.from({ length: count }, () => draw(rng));
    drawingMemory.begin();
    for (const drawing of drawings) look(drawing);
    const whole = drawings[rng.integer(count)]!;
    const { plastic, still } = await drawingMemory.heal(smashed(whole, rng), 0, k);
    found.push(wrong(plastic.at(-1)!, whole));
    expect(wrong(still.at(-1)!, whole)).toBeGreaterThan(0.02);
  }
  return found;
}

describe("the network of the first screen", () => {
  it("is small enough to be sent along with a page", () => {
    expect(file.length).toBeLessThan(1.5e6);
  });

  it("restores any drawing that it has looked at once, whatever was done to it", async () => {
    expect(Math.max(...(await errors(1, randomDrawing)))).toBeLessThan(0.01);
  });

  it("keeps three drawings apart", async () => {
    const found = (await errors(3, randomDrawing)).sort((a, b) => a - b);
    expect(found[Math.floor(found.length / 2)]).toBeLessThan(0.01);
  });

  it("restores a code", async () => {
    expect(Math.max(...(await errors(1, randomCode)))).toBeLessThan(0.01);
  });

  it("repaints half of a QR code so that a decoder reads it, which could not before", async () => {
    let read = 0;
    for (let k = 0; k < DRAWINGS; k++) {
      const rng = random(17, "links", k);
      const text = `https://example.org/${rng.integer(1e9).toString(36)}/${rng.integer(1e9).toString(36)}`;
      const code = qrCodeOf(text)!;
      expect(decoded(code)).toBe(text);
      drawingMemory.begin();
      look(code);
      const half = halved(code, 2 * Math.PI * rng.uniform());
      expect(decoded(half)).toBeNull();
      const { plastic } = await drawingMemory.heal(half, 0, k);
      if (decoded(plastic.at(-1)!) === text) read++;
    }
    expect(read).toBeGreaterThanOrEqual(0.9 * DRAWINGS);
  });

  it("still knows it with half of its connections cut, and has forgotten it with all of them", async () => {
    drawingMemory.begin();
    look(randomDrawing(random(3, "cut", 0)));
    expect((await drawingMemory.recall(0.5)).wrong).toBeLessThan(0.01);
    expect((await drawingMemory.recall(1)).wrong).toBeGreaterThan(0.05);
  });

  it("says what a neuron learns of the others with every step of its look, more each time", () => {
    drawingMemory.begin();
    const drawing = randomDrawing(random(3, "look", 0));
    const pixel = drawing.indexOf(1);
    const traces = look(drawing, pixel);
    const strength = traces.map((trace) => trace!.reduce((sum, value) => sum + Math.abs(value), 0));
    for (let step = 1; step < LOOK; step++) expect(strength[step]).toBeGreaterThan(strength[step - 1]!);
    expect(drawingMemory.trace(pixel)).toEqual(traces.at(-1));
    expect(look(drawing)).toEqual(traces.map(() => null));
  });

  it("learns nothing from what it is asked", async () => {
    drawingMemory.begin();
    const drawing = randomDrawing(random(3, "asked", 0));
    look(drawing);
    const before = drawingMemory.snapshot();
    await drawingMemory.heal(smashed(drawing, random(3, "smash", 0)), 0, 0);
    expect(Buffer.compare(drawingMemory.snapshot(), before)).toBe(0);
  });
});
