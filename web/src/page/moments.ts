/** How long the rest of the page waits for its first screen, ms: the network may come slowly. */
const PATIENCE = 4000;
/** ... and a part of it for a moment in which nothing else goes on. */
const BUSY = 300;

/** What tells that somebody looks for what is further down. */
const LOOKING = ["scroll", "wheel", "touchmove", "keydown"];

/** Whether somebody waits for the rest of the page: then no moment is waited for any more. */
let awaited = false;

/** When somebody looks for the rest of the page, or has waited long enough for it. */
export function wanted(): Promise<void> {
  return new Promise((resolve) => {
    const looks = () => {
      awaited = true;
      resolve();
    };
    if (location.hash.length > 1) looks();
    for (const kind of LOOKING) addEventListener(kind, looks, { once: true, passive: true });
    setTimeout(resolve, PATIENCE);
  });
}

/** A task of its own: in a moment in which the page has nothing else to do, or soon, if there is none. */
export const idle = (): Promise<void> =>
  new Promise((resolve) => {
    // Not every browser tells.
    if (awaited || typeof requestIdleCallback === "undefined") setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: BUSY });
  });
