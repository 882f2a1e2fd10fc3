import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { MetricsTable } from "./metricsTable.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "metrics.csv");
const metrics = join(folder, "metrics.jsonl");
const write = (...lines: readonly object[]) =>
  writeFileSync(metrics, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

describe("metrics.csv", () => {
  test("has a column for each key in the order in which they came, and an empty cell where a line lacks one", () => {
    write({ episode: 1, loss: 0.5 }, { episode: 2, loss: 0.1 + 0.2, "odd, name": -1e-9 });
    const table = MetricsTable.open(path, metrics);
    expect(table.takes({ episode: 3, loss: 1 })).toBe(true);
    expect(table.takes({ episode: 3, reward: 1 })).toBe(false);
    table.append({ episode: 3, loss: 1e21 });
    table.close();
    expect(readFileSync(path, "utf8")).toBe(
      'episode,loss,"odd, name"\n1,0.5,\n2,0.30000000000000004,-1e-9\n3,1e+21,\n',
    );
  });

  test("is made anew from the lines, whatever was in it", () => {
    write({ episode: 1, loss: 0.5 });
    writeFileSync(path, "episode,loss\n1,0.5\n2,0.25\n3,0.");
    MetricsTable.open(path, metrics).close();
    expect(readFileSync(path, "utf8")).toBe("episode,loss\n1,0.5\n");
  });

  test("of more lines than are written at one go has all of them, and leaves nothing beside it", () => {
    const lines = Array.from({ length: 8000 }, (_, k) => ({ episode: k + 1, loss: k / 7 }));
    write(...lines);
    appendFileSync(metrics, '{"episode":8001,"lo');
    MetricsTable.open(path, metrics).close();
    const rows = readFileSync(path, "utf8").trim().split("\n");
    expect(rows.slice(1).map((row) => row.split(",").map(Number))).toEqual(
      lines.map(({ episode, loss }) => [episode, loss]),
    );
    expect(readdirSync(folder).sort()).toEqual(["metrics.csv", "metrics.jsonl"]);
  });

  test("is empty before the first line", () => {
    write();
    MetricsTable.open(path, metrics).close();
    expect(readFileSync(path, "utf8")).toBe("");
  });

  test("that cannot be written is named, and leaves nothing beside it", () => {
    write({ episode: 1, loss: 0.5 });
    const taken = join(folder, "taken");
    mkdirSync(taken);
    expect(() => MetricsTable.open(taken, metrics)).toThrow(`cannot write ${taken}`);
    expect(readdirSync(folder).sort()).toEqual(["metrics.csv", "metrics.jsonl", "taken"]);
  });
});
