/** Until the next frame after one that failed, ms. */
const AFTER_ERROR = 1000;

/**
 * Calls `tick` once a screen frame while the element can be seen, never before the last call is done: where computing is
 * slower than the screen, frames are left out and nothing piles up.
 */
export function whileSeen(element: Element, tick: (now: number) => Promise<void>): { destroy: () => void } {
  let seen = false;
  let waiting = 0;
  let ended = false;
  const next = () => {
    if (waiting || !seen || ended || document.hidden) return;
    waiting = requestAnimationFrame(async (now) => {
      let rest = 0;
      try {
        await tick(now);
      } catch (error) {
        // What failed may work again: with other numbers, or when memory is there. It is said, and tried less often.
        reportError(error);
        rest = AFTER_ERROR;
      }
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      waiting = 0;
      next();
    });
  };
  const observer = new IntersectionObserver(
    (entries) => {
      seen = entries.at(-1)!.isIntersecting;
      next();
    },
    { rootMargin: "60px" },
  );
  observer.observe(element);
  document.addEventListener("visibilitychange", next);
  return {
    destroy() {
      ended = true;
      observer.disconnect();
      document.removeEventListener("visibilitychange", next);
      cancelAnimationFrame(waiting);
    },
  };
}

/** Calls `begin` once, as the element comes into view: what is further down the page costs nothing until then. */
export function onceNear(element: Element, begin: () => void): { destroy: () => void } {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.at(-1)!.isIntersecting) return;
    observer.disconnect();
    begin();
  });
  observer.observe(element);
  return { destroy: () => observer.disconnect() };
}

/** A mean that follows what is new by a share of it; 0 before the first. */
export const followed = (mean: number, value: number, share: number): number =>
  mean === 0 ? value : mean + share * (value - mean);

export const prefersStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
