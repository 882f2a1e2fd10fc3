import { PIXELS } from "./pixels.js";

/** Greys that a picture has in an address: four bits a pixel. None of them is 0, which means "not given" to the network. */
const LEVELS = 15;
/** What a visitor's picture begins with, among numbers of the page's own. */
const MARK = "~";
/** More of a visitor's pictures than this make an address longer than servers read. */
export const OWN_IN_ADDRESS = 8;

/** A picture to remember: its pixels, and its number among the page's own; -1 for a visitor's. */
export interface Memory {
  readonly pixels: Float32Array;
  readonly own: number;
}

/** A picture as text for an address: 683 letters. */
export function textOf(pixels: Float32Array): string {
  const level = (k: number) => Math.max(0, Math.min(LEVELS, Math.round(((pixels[k]! + 1) / 2) * LEVELS)));
  const bytes = Uint8Array.from({ length: PIXELS / 2 }, (_, k) => 16 * level(2 * k) + level(2 * k + 1));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The picture, or null for a text that is none. */
export function pictureFromText(text: string): Float32Array | null {
  if (!/^[\w-]{683}$/.test(text)) return null;
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const level = (k: number) =>
    k % 2 === 0 ? bytes.charCodeAt(k / 2) >> 4 : bytes.charCodeAt((k - 1) / 2) & 15;
  return Float32Array.from({ length: PIXELS }, (_, k) => (2 * level(k)) / LEVELS - 1);
}

/** What is chosen, as an address says it: numbers of the page's own pictures, and a visitor's as text. */
export function listOf(chosen: readonly Memory[]): string {
  let own = 0;
  return chosen
    .flatMap((memory) => {
      if (memory.own >= 0) return [String(memory.own)];
      return ++own <= OWN_IN_ADDRESS ? [MARK + textOf(memory.pixels)] : [];
    })
    .join(",");
}

/** The same again, of `gallery`; what is neither a number of it nor a picture is left out, and what comes twice. */
export function chosenFrom(list: string, gallery: readonly Float32Array[], most: number): Memory[] {
  const texts = [...new Set(list.split(",").map((text) => text.trim()))];
  const memories = texts.flatMap((text): Memory[] => {
    if (text.startsWith(MARK)) {
      const pixels = pictureFromText(text.slice(MARK.length));
      return pixels ? [{ pixels, own: -1 }] : [];
    }
    const pixels = /^\d{1,3}$/.test(text) ? gallery[Number(text)] : undefined;
    return pixels ? [{ pixels, own: Number(text) }] : [];
  });
  return memories.slice(0, most);
}
