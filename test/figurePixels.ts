import { decode } from "fast-png";
import { DOMParser } from "linkedom";
import { renderPng } from "../cli/figures/png.js";

/** For tests: a figure drawn as a PNG, to look at single pixels. */
export async function pixelsOf(svg: string, scale = 1) {
  const { width, height, data, channels } = decode(await renderPng(svg, scale));
  const at = (x: number, y: number): number[] => {
    const first = (Math.floor(y) * width + Math.floor(x)) * channels;
    return Array.from(data.subarray(first, first + 3));
  };
  /** How many pixels have exactly this colour. */
  const count = (colour: readonly number[]): number => {
    let found = 0;
    for (let i = 0; i < data.length; i += channels) {
      if (colour.every((value, channel) => data[i + channel] === value)) found++;
    }
    return found;
  };
  return { width, height, at, count };
}

/** For tests: the elements of a figure of one name. */
export const elementsOf = (svg: string, name: string): Element[] => [
  ...new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll(name),
];

/** For tests: every line of text in a figure. */
export const textsOf = (svg: string): string[] => elementsOf(svg, "text").map((one) => one.textContent ?? "");
