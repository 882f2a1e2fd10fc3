import { readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "hebbian/tasks";
import { beforeAll, describe, expect, it } from "vitest";
import { smashed } from "../drawings/damage.js";
import { LOOK } from "../drawings/protocol.js";
import { PIXELS } from "../drawings/raster.js";
import { randomCode, randomDrawing } from "../drawings/shapes.js";
import { drawingMemory } from "./drawing.js";

/** Drawings tried of each kind; 50 and more with HEBBIAN_DRAWINGS=50. */
const DRAWINGS = Number(process.env.HEBBIAN_DRAWINGS ?? 4);

const file = new Uint8Array(readFileSync(join(import.meta.dirname, "../../models/drawings.safetensors")));
beforeAll(() => drawingMemory.load(file));

const look = (drawing: Uint8Array) => {
  for (let step = 0; step < LOOK; step++) drawingMemory.look(drawing, step === 0);
};
const wrong = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, ink, k) => sum + Number(ink !== b[k]), 0) / PIXELS;

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

  it("restores a code", async () => {
    expect(Math.max(...(await errors(1, randomCode)))).toBeLessThan(0.01);
  });

  it("still knows it with half of its connections cut, and has forgotten it with all of them", async () => {
    drawingMemory.begin();
    look(randomDrawing(random(3, "cut", 0)));
    expect((await drawingMemory.recall(0.5)).wrong).toBeLessThan(0.01);
    expect((await drawingMemory.recall(1)).wrong).toBeGreaterThan(0.05);
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
