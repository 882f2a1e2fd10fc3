import { join } from "node:path";

const source = join(import.meta.dirname, "../../src");
const entries = ["lifetime", "training", "figures", "experiments", "tasks", "rules", "formulas"];

/** The page imports the library by its public names; they mean the sources here, as Vite's aliases. */
export const library = [
  ...entries.map((entry) => ({ find: `hebbian/${entry}`, replacement: join(source, entry, "index.ts") })),
  { find: /^hebbian$/, replacement: join(source, "index.ts") },
];
