/** How long a run may compute before it lets signals, messages and timers through, in milliseconds. */
const LONGEST = 25;

/**
 * A function to await between episodes: it lets the event loop turn, but only if the last turn is a while ago.
 * The clock decides only when to pause, never what is computed.
 */
export function pacer(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
