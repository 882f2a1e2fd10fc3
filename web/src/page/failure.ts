import { ModelError } from "hebbian/lifetime";

/** What went wrong, in words for whoever came to look, and what may help. */
export function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ModelError ? error.code : codeIn(error);
  if (code === "no-webassembly" || /WebAssembly is not defined|no WebAssembly/i.test(message))
    return "This browser runs no WebAssembly, in which the networks live. In another browser, or with it switched on, this part works.";
  if (code === "code-refused")
    return "This browser, or the site that shows this page, does not allow WebAssembly. Everything else goes on.";
  if (code === "no-memory" || /memory/i.test(message))
    return "There is not enough memory left for this network. Closing other tabs may help.";
  if (code === "unreachable" || /fetch|network|server answers/i.test(message))
    return "The network could not be fetched: you may be offline. Everything that is here already goes on; reload when you are back.";
  if (/worker/i.test(message))
    return "This browser does not let the page compute beside the screen (workers are blocked), so this part cannot run.";
  return `Something went wrong here: ${message}`;
}

/** Errors that come from a worker are copies: they keep their words, and what else was written into them. */
function codeIn(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
