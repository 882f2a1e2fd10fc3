/**
 * Sees to it that the page has threads from its next visit on, where its host sends no headers for them: by a service
 * worker (web/public/isolation.js). This visit goes on as it is; reloading it would cost a person what they have drawn.
 */
export function isolateNextVisit(): void {
  if (crossOriginIsolated || !("serviceWorker" in navigator)) return;
  // A browser may refuse, as in a private window: then there is one thread, as now.
  navigator.serviceWorker.register("./isolation.js").catch(() => {});
}
