import { convertIndexedToRgb, decode } from "fast-png";
import { expect, it } from "vitest";
import { indexedPng } from "./indexedPng.js";

it("has the pixels that it was made of, where these have few colours", () => {
  const [width, height] = [5, 3];
  const colours = [
    [255, 178, 84, 255],
    [14, 12, 19, 255],
    [58, 84, 190, 255],
  ];
  const rgba = new Uint8Array(4 * width * height);
  for (let k = 0; k < width * height; k++) rgba.set(colours[(k * 7) % 3]!, 4 * k);
  const read = decode(indexedPng(width, height, rgba));
  expect([read.width, read.height]).toEqual([width, height]);
  const rgb = convertIndexedToRgb(read);
  // Colours are kept to five or six bits each.
  for (let k = 0; k < width * height; k++) {
    for (let c = 0; c < 3; c++) expect(Math.abs(rgb[3 * k + c]! - rgba[4 * k + c]!)).toBeLessThan(9);
  }
});
