import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The modules of docs/experiments.md, by the name in their first line. */
export function experimentsPage(): { page: string; modules: ReadonlyMap<string, string> } {
  const page = readFileSync(join(import.meta.dirname, "../../docs/experiments.md"), "utf8");
  const blocks = page.matchAll(/```js\n(\/\/ (\w+\.js)\n[\s\S]*?)```/g);
  return { page, modules: new Map([...blocks].map((block) => [block[2]!, block[1]!])) };
}

/** What series.js reads: two waves, one number a line after a heading. */
export const seriesCsv = (): string => {
  const lines = Array.from({ length: 600 }, (_, k) => {
    const value = Math.sin(k / 7) + 0.5 * Math.sin(k / 2.6);
    return `${k},${value.toFixed(4)}\n`;
  });
  return `time,value\n${lines.join("")}`;
};
