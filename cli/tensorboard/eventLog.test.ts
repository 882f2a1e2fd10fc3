import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readEvents } from "../../test/support/eventFile.js";
import { EventLog } from "./eventLog.js";
import { record } from "./records.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-events-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "events");
const metrics = join(folder, "metrics.jsonl");
beforeEach(() => rmSync(path, { force: true }));

const lineOf = (episode: number) => ({ episode, loss: episode / 7, error: 1 / episode });
const writeMetrics = (count: number, changed = lineOf) =>
  writeFileSync(
    metrics,
    Array.from({ length: count }, (_, k) => `${JSON.stringify(changed(k + 1))}\n`).join(""),
  );
const read = () => readEvents(readFileSync(path));
const expected = (count: number, of = lineOf) =>
  Array.from({ length: count }, (_, k) => {
    const { episode, loss, error } = of(k + 1);
    return { step: episode, scalars: { "train/loss": Math.fround(loss), "train/error": Math.fround(error) } };
  });
const expectLines = (count: number) => {
  const [version, ...events] = read();
  expect(version).toMatchObject({ fileVersion: "brain.Event:2", scalars: {} });
  expect(events).toMatchObject(expected(count));
  expect(events).toHaveLength(count);
};

test("a record of the 24 bytes that every event file begins with has the header that all of them have", () => {
  const header = record(new Uint8Array(24)).subarray(0, 12);
  expect(Buffer.from(header).toString("hex")).toBe("1800000000000000a37f4b22");
});

describe("an event file", () => {
  test("has the version, then the numbers of every line, with step and time", () => {
    writeMetrics(2);
    const log = EventLog.open(path, metrics, () => 1_700_000_000.25);
    log.append({ ...lineOf(3), "naïve, odd/name": -1e30 });
    log.appendTest(2 ** 40, { error: 0.5 });
    log.close();
    const events = read();
    expect(events.map(({ wallTime }) => wallTime)).toEqual(Array(5).fill(1_700_000_000.25));
    expect(events.slice(1, 3)).toMatchObject(expected(2));
    expect(events[3]!.scalars["train/naïve, odd/name"]).toBe(Math.fround(-1e30));
    expect(events[4]).toMatchObject({ step: 2 ** 40, scalars: { "test/error": 0.5 } });
  });

  test("cut off anywhere, or with anything behind it, agrees with the metrics again, and keeps its times", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(1 << 20), fc.uint8Array(), (logged, kept, cut, torn) => {
        rmSync(path, { force: true });
        writeMetrics(logged);
        EventLog.open(path, metrics, () => 1).close();
        const whole = readFileSync(path);
        const length = cut % (whole.length + 1);
        truncateSync(path, length);
        appendFileSync(path, torn);
        writeMetrics(kept);
        EventLog.open(path, metrics, () => 2).close();
        expectLines(kept);
        const events = read();
        const untouched = readEvents(whole).filter((_, k) => events[k]?.wallTime === 1).length;
        expect(events.slice(0, untouched).every(({ wallTime }) => wallTime === 1)).toBe(true);
        expect(events.slice(untouched).every(({ wallTime }) => wallTime === 2)).toBe(true);
        if (length === whole.length) expect(untouched).toBe(1 + Math.min(logged, kept));
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ["another run's", () => writeMetrics(4, (k) => ({ ...lineOf(k), loss: 9 }))],
    ["that of a run which had other metrics", () => writeMetrics(4, (k) => ({ ...lineOf(k), reward: 1 }))],
  ])("that is %s is written anew", (_, write) => {
    write();
    EventLog.open(path, metrics, () => 1).close();
    writeMetrics(4);
    EventLog.open(path, metrics, () => 2).close();
    expectLines(4);
  });

  test("with a flipped bit is good up to it, and written anew from there", () => {
    writeMetrics(4);
    EventLog.open(path, metrics, () => 1).close();
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= 1;
      writeFileSync(path, damaged);
      EventLog.open(path, metrics, () => 1).close();
      expect(readFileSync(path).equals(whole), `byte ${at}`).toBe(true);
    }
  });

  test("loses the test of a run that goes on, which is another network's by then", () => {
    writeMetrics(3);
    const log = EventLog.open(path, metrics, () => 1);
    log.appendTest(3, { error: 0.5 });
    log.close();
    EventLog.open(path, metrics, () => 2).close();
    expectLines(3);
  });
});
