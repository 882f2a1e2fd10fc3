import { chosenFrom, listOf, type Memory } from "./pictureText.js";
import { settings, usually } from "./settings.svelte.js";
import { memoryWorker } from "./workers.js";

export type { Memory } from "./pictureText.js";

/** More pictures than this the page does not take. */
export const MOST = 14;

/** The pictures that are to be remembered, which two sections speak of, and those that the page brings along. */
class Memories {
  gallery: readonly Float32Array[] = $state.raw([]);
  chosen: readonly Memory[] = $state.raw([]);
  /** How many times the network has begun to look at them. */
  begun = $state(0);
}
export const memories = new Memories();

/** The page's own pictures, and what the address chooses, a visitor's pictures among them. */
export async function loadGallery(): Promise<void> {
  memories.gallery = await memoryWorker().ownPictures();
  const given = chosenFrom(settings.pictures, memories.gallery, MOST);
  memories.chosen = given.length > 0 ? given : chosenFrom(usually.pictures, memories.gallery, MOST);
}

export const owned = (own: number): Memory => ({ own, pixels: memories.gallery[own]! });

export function choose(chosen: readonly Memory[]): void {
  memories.chosen = chosen;
  settings.pictures = listOf(chosen);
}

/** The first of the page's pictures that is not yet among the chosen; null when all are. */
export function nextOwn(): Memory | null {
  const next = memories.gallery.findIndex((_, own) => !memories.chosen.some((memory) => memory.own === own));
  return next < 0 ? null : owned(next);
}
