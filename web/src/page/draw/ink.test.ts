import { expect, it } from "vitest";
import { halved } from "../../drawings/damage.js";
import { inkOf, PIXELS, SIDE } from "../../drawings/raster.js";
import { differing, nearestInk, rubbedTo } from "./ink.js";
import { ownDrawing } from "./own.js";

const cat = ownDrawing(0, 1);

it("a drawing is rubbed out from the edge on, and at the end is what is left of it", () => {
  for (const angle of [0, Math.PI / 4, Math.PI / 2, -Math.PI / 2]) {
    const left = halved(cat, angle);
    expect(rubbedTo(cat, left, angle, 0.01)).toEqual(cat);
    expect(rubbedTo(cat, left, angle, 1)).toEqual(left);
    const inks = [0.2, 0.4, 0.6, 0.8, 1].map((share) => inkOf(rubbedTo(cat, left, angle, share)));
    expect([...inks].sort((a, b) => b - a)).toEqual(inks);
    expect(inks[0]).toBeGreaterThan(inks[4]!);
  }
});

it("the nearest ink is where it is, beside it, or nowhere", () => {
  const dot = new Uint8Array(PIXELS);
  dot[3 * SIDE + 4] = 1;
  expect(nearestInk(dot, 3 * SIDE + 4)).toBe(3 * SIDE + 4);
  expect(nearestInk(dot, 20 * SIDE + 20)).toBe(3 * SIDE + 4);
  expect(nearestInk(new Uint8Array(PIXELS), 7)).toBe(7);
  expect(differing(dot, new Uint8Array(PIXELS))).toBe(1 / PIXELS);
});
