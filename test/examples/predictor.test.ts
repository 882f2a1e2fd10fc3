import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

it("says in one line which file is no life", () => {
  const file = join(scratch, "other.life");
  writeFileSync(file, "no life");
  const { status, stderr } = spawnSync(process.execPath, ["predictor.js", file], {
    cwd: folder,
    encoding: "utf8",
    input: TEXT,
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^.*other\.life: .*no snapshot.*\n$/);
  expect(readFileSync(file, "utf8")).toBe("no life");
});

/** A line whose life knows three words, and what that life was given. */
async function emptyLine() {
  const { typing } = (await import(join(folder, "typing.js"))) as { typing(life: object): Line };
  const taken: string[] = [];
  const line = typing({
    take: (text: string) => taken.push(text),
    suggestions: (prefix: string) =>
      ["the", "there", "then"].filter((word) => word.startsWith(prefix.toLowerCase())),
  });
  return { line, taken };
}

it("a line shows what was typed, and takes suggestions with their space", async () => {
  const { line, taken } = await emptyLine();
  for (const key of "th2.no") line.key(key);
  expect([line.line, taken]).toEqual(["there. no", ["there", "."]]);
  line.key("\u007f");
  line.key(" ");
  expect([line.line, taken]).toEqual(["there. n ", ["there", ".", "n"]]);
  // th2 brought six characters by three keys.
  expect(line.saved).toBeCloseTo(1 - 8 / 11, 6);
});

it("sentences begin with a capital, numbers are learned whole, and what is no character does nothing", async () => {
  const { keysOf } = (await import(join(folder, "screen.js"))) as { keysOf(text: string): string[] };
  const keys = keysOf("1\u001b[A\u001b20\u001b[1;5D12 T1.");
  expect(keys).toEqual(["1", "\u001b[A", "\u001b2", "0", "\u001b[1;5D", "1", "2", " ", "T", "1", "."]);
  const { line, taken } = await emptyLine();
  expect(line.suggestions).toEqual(["The", "There", "Then"]);
  for (const key of keys) line.key(key);
  expect([line.line, taken]).toEqual(["The 2012 The. ", ["The", "2012", "The", "."]]);
});

it("what is drawn is no wider than the terminal", async () => {
  const { drawn } = (await import(join(folder, "screen.js"))) as {
    drawn(line: object, columns: number): string;
  };
  const line = { line: "a".repeat(100), suggestions: ["government", "people", "of"], saved: 0.25 };
  for (const columns of [10, 24, 40, 200]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences take no room.
    const plain = drawn(line, columns).replace(/\u001b\[\d*[A-Z]|\u001b\[\d*m|\r/g, "");
    for (const each of plain.split("\n")) expect(each.length).toBeLessThan(columns);
  }
  expect(drawn(line, 200)).toContain("25 % saved");
});

interface Line {
  key(key: string): void;
  readonly line: string;
  readonly suggestions: readonly string[];
  readonly saved: number;
}
