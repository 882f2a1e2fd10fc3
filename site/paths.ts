import { join } from "node:path";

const here = import.meta.dirname;
/** The repository. */
export const root = join(here, "..");
/** What the site is made of, written anew for each build. */
export const staged = join(here, ".staged");
/** Pages, and in `public` the files that they offer as they are. */
export const pages = join(staged, "pages");
/** The modules of docs/rules.md, which its live examples run. */
export const modules = join(staged, "modules");
/** What typedoc wrote: a page for each entry of the package. */
export const reference = join(staged, "reference");
