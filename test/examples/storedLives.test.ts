import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadModel } from "../../src/lifetime/index.js";
import { installedExample } from "./installed.js";

/** A thousand are 2.1 GB on the disk: on request. */
const LIVES = process.env.HEBBIAN_THOROUGH ? 1000 : 100;
const STEPS = 3;

const folder = mkdtempSync(join(tmpdir(), "hebbian-stored-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): { readonly life: Uint8Array };
}
interface Database {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  close(): void;
}

/** SQLite, as the example of a server has it. */
const Sqlite: new (path: string) => Database = createRequire(
  join(installedExample("server"), "package.json"),
)("better-sqlite3");

it(`${LIVES} lives of the image network are stored in SQLite as float16, and go on from there`, async () => {
  const path = join(folder, "lives.db");
  const open = () => {
    const database = new Sqlite(path);
    database.pragma("journal_mode = off");
    database.pragma("synchronous = off");
    return database;
  };
  const model = await loadModel(join(import.meta.dirname, "../../models/images.safetensors"));
  const pictureOf = (who: number, t: number) =>
    Float32Array.from({ length: 1024 }, (_, k) => Math.sin(who * 7.7 + t * 1.3 + k * (0.01 + who / 5000)));

  const storing = open();
  storing.exec("CREATE TABLE lives (who INTEGER PRIMARY KEY, life BLOB NOT NULL)");
  const insert = storing.prepare("INSERT INTO lives VALUES (?, ?)");
  for (let who = 0; who < LIVES; who++) {
    const life = model.begin();
    for (let t = 0; t < STEPS; t++) life.step(pictureOf(who, t));
    insert.run(who, life.snapshot({ precision: "float16" }));
    life.end();
  }
  storing.close();

  const reading = open();
  const select = reading.prepare("SELECT life FROM lives WHERE who = ?");
  for (let who = 0; who < LIVES; who++) {
    const { life: stored } = select.get(who);
    const life = model.resume(stored);
    expect(life.steps).toBe(STEPS);
    // Its half precision is what was stored, byte for byte: nothing is rounded twice.
    expect(Buffer.compare(life.snapshot({ precision: "float16" }), stored)).toBe(0);
    if (who % 100 === 0) {
      const never = model.begin();
      for (let t = 0; t < STEPS; t++) never.step(pictureOf(who, t));
      const [got, expected] = [life.step(pictureOf(who, STEPS)), never.step(pictureOf(who, STEPS))];
      got.forEach((value, k) => {
        expect(Math.abs(value - expected[k]!)).toBeLessThan(0.02);
      });
      never.end();
    }
    life.end();
  }
  reading.close();
}, 900_000);
