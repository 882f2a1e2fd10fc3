import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installedExample } from "./installed.js";

const scratch = mkdtempSync(join(tmpdir(), "hebbian-predictor-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folder: string;
beforeAll(() => {
  folder = installedExample("predictor");
}, 120_000);

const TEXT = "The walrus of kiev ate the purple oyster. The purple oyster ate the walrus of kiev. ";

it("the predictor saves more keystrokes of a text that it has read, in another process, in a life under a megabyte without it", () => {
  const file = join(scratch, "predictor.life");
  const saved = () => {
    const said = execFileSync(process.execPath, ["predictor.js", file], {
      cwd: folder,
      encoding: "utf8",
      input: TEXT,
    });
    return Number(/([\d.]+) % of keystrokes saved/.exec(said)![1]);
  };
  const first = saved();
  for (let again = 0; again < 3; again++) saved();
  expect(saved()).toBeGreaterThan(first);
  const life = readFileSync(file);
  expect(life.length).toBeLessThan(1_000_000);
  expect(life.includes("walrus")).toBe(false);
});

it("a line shows what was typed, and takes suggestions with their space", async () => {
  const { typing } = (await import(join(folder, "typing.js"))) as { typing(life: object): Line };
  const taken: string[] = [];
  const line = typing({
    take: (text: string) => taken.push(text),
    suggestions: (prefix: string) => ["the", "there", "then"].filter((word) => word.startsWith(prefix)),
  });
  for (const key of "th2.no") line.key(key);
  expect([line.line, taken]).toEqual(["there. no", ["there", "."]]);
  line.key("\u007f");
  line.key(" ");
  expect([line.line, taken]).toEqual(["there. n ", ["there", ".", "n"]]);
  // th2 brought six characters by three keys.
  expect(line.saved).toBeCloseTo(1 - 8 / 11, 6);
});

interface Line {
  key(key: string): void;
  readonly line: string;
  readonly saved: number;
}
