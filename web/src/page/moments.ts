/** How long the rest of the page waits for its first screen, ms: the network may come slowly. */
const PATIENCE = 4000;
/** ... and a part of it for a moment in which nothing else goes on. */
const BUSY = 300;

/** When somebody looks for what is further down, or has waited long enough for it. */
export function wanted(): Promise<void> {
  return new Promise((resolve) => {
    const looked = () => resolve();
    if (location.hash.length > 1) return looked();
    for (const kind of ["scroll", "keydown", "wheel", "touchmove"]) {
      addEventListener(kind, looked, { once: true, passive: true });
    }
    setTimeout(looked, PATIENCE);
  });
}

/** A moment in which the page has nothing else to do; soon, if there is none. */
export const idle = (): Promise<void> =>
  new Promise((resolve) => {
    // Not every browser tells.
    if (typeof requestIdleCallback === "undefined") setTimeout(resolve, 1);
    else requestIdleCallback(() => resolve(), { timeout: BUSY });
  });
