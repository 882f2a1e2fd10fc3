import { settings, usually } from "./settings.svelte.js";
import { memoryWorker } from "./workers.js";

export const SIDE = 32;
export const PIXELS = SIDE * SIDE;
/** More pictures than this the page does not take. */
export const MOST = 14;

export interface Memory {
  readonly pixels: Float32Array;
  /** Number among the page's own pictures; -1 for a visitor's. */
  readonly own: number;
}

/** The pictures that are to be remembered, which two sections speak of, and those that the page brings along. */
class Memories {
  gallery: readonly Float32Array[] = $state.raw([]);
  chosen: readonly Memory[] = $state.raw([]);
  /** How many times the network has begun to look at them. */
  begun = $state(0);
}
export const memories = new Memories();

export async function loadGallery(): Promise<void> {
  memories.gallery = await memoryWorker().ownPictures();
  chooseFromAddress();
}

function chooseFromAddress(): void {
  const given = settings.pictures.split(",").filter((text) => text.trim() !== "");
  const numbers = [...new Set(given.map(Number))].filter((number) => memories.gallery[number]);
  const usual = usually.pictures.split(",").map(Number);
  memories.chosen = (numbers.length > 0 ? numbers.slice(0, MOST) : usual).map(owned);
}

export const owned = (own: number): Memory => ({ own, pixels: memories.gallery[own]! });

export function choose(chosen: readonly Memory[]): void {
  memories.chosen = chosen;
  settings.pictures = chosen
    .filter(({ own }) => own >= 0)
    .map(({ own }) => own)
    .join(",");
}

/** The first of the page's pictures that is not yet among the chosen; null when all are. */
export function nextOwn(): Memory | null {
  const next = memories.gallery.findIndex((_, own) => !memories.chosen.some((memory) => memory.own === own));
  return next < 0 ? null : owned(next);
}
