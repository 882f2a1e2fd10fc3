import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileError } from "./files.js";
import { countMetrics, curvePoints, readMetrics } from "./metrics.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-metrics-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "metrics.jsonl");
const write = (text: string) => writeFileSync(path, text);
const lineOf = (episode: number) => ({ episode, loss: episode / 7, error: 1 / episode });
const linesUpTo = (count: number) => Array.from({ length: count }, (_, k) => lineOf(k + 1));
const asText = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("metrics", () => {
  it.each([1, 2, 7, 64, 1 << 20])("are the same, read %i bytes at a time", (chunkBytes) => {
    write(asText(linesUpTo(50)));
    expect([...readMetrics(path, "error", chunkBytes)]).toEqual(linesUpTo(50));
    expect(countMetrics(path, chunkBytes)).toBe(50);
  });

  it("are none without a file, and leave out a last line that a kill has cut off", () => {
    expect([...readMetrics(join(folder, "nothing"), "error")]).toEqual([]);
    expect(countMetrics(join(folder, "nothing"))).toBe(0);
    write(`${asText(linesUpTo(2))}{"episode":3,"los`);
    expect([...readMetrics(path, "error", 5)]).toEqual(linesUpTo(2));
    expect(countMetrics(path, 5)).toBe(2);
  });

  it.each([
    ["no JSON", "{", /it is no JSON/],
    ["an empty line", "", /it is no JSON/],
    ["a list", "[1]", /no JSON object/],
    ["null", "null", /no JSON object/],
    ["text for a number", '{"episode":3,"error":"0.1"}', /error must be a number, got "0.1"/],
    ["null for a number", '{"episode":3,"error":null}', /error must be a number, got null/],
    ["a number beyond all", '{"episode":3,"error":1e999}', /error must be a number/],
    ["a prototype", '{"episode":3,"__proto__":{"error":1}}', /__proto__ must be a number/],
    ["a damaged key", '{"episode":3,"errqr":1}', /it has no error/],
    ["no episode", '{"error":1}', /episode must be a whole number above 2, got undefined/],
    [
      "an episode that was before",
      '{"episode":2,"error":1}',
      /episode must be a whole number above 2, got 2/,
    ],
    ["a line without an end", "x".repeat(3 << 20), /longer than 1048576 bytes/],
  ])("with %s are damaged, and the line is named", (_, bad, why) => {
    write(`${asText(linesUpTo(2))}${bad}\n${asText([lineOf(4)])}`);
    const read = () => [...readMetrics(path, "error")];
    expect(read).toThrow(FileError);
    expect(read).toThrow(why);
    expect(read).toThrow(`${path} is damaged in line 3: `);
  });

  it("of more episodes than a figure can show become as many points as it can", () => {
    write(asText(linesUpTo(10)));
    const pointOf = (episode: number) => ({ episode, value: 1 / episode });
    expect(curvePoints(path, "error", 10)).toEqual(linesUpTo(10).map(({ episode }) => pointOf(episode)));
    expect(curvePoints(path, "error", 4)).toEqual([3, 6, 9].map(pointOf));
  });
});
