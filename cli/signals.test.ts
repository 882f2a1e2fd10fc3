import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { Signal } from "./exitCodes.js";
import { isUnderNohup, listenTo, ONE_WISH, type SignalSource } from "./signals.js";

/** A process to send signals to, at times of the test's own. */
function someProcess(ignored: readonly Signal[] = []) {
  const emitter = new EventEmitter();
  const handled: Signal[] = [];
  const exits: number[] = [];
  let time = 0;
  const source = Object.assign(emitter, { exit: (code: number) => void exits.push(code) });
  const stop = listenTo(
    source as unknown as SignalSource,
    () => time,
    ignored,
    (signal) => {
      handled.push(signal);
    },
  );
  const send = (signal: Signal, at: number) => {
    time = at;
    emitter.emit(signal, signal);
  };
  return { send, stop, handled, exits };
}

describe("signals", () => {
  it("that come within a moment, as one Ctrl-C does under npm, are one", () => {
    const { send, handled, exits } = someProcess();
    send("SIGINT", 10);
    send("SIGINT", 13);
    send("SIGTERM", 10 + ONE_WISH - 1);
    expect({ handled, exits }).toEqual({ handled: ["SIGINT"], exits: [] });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s, later than the first, ends the process at once with %i", (signal, code) => {
    const { send, handled, exits } = someProcess();
    send("SIGINT", 0);
    send(signal, ONE_WISH);
    expect({ handled, exits }).toEqual({ handled: ["SIGINT"], exits: [code] });
  });

  it("once all is done change nothing, but a second one still ends what hangs", () => {
    const { send, stop, handled, exits } = someProcess();
    send("SIGINT", 0);
    stop();
    send("SIGINT", 5000);
    expect({ handled, exits }).toEqual({ handled: ["SIGINT"], exits: [] });
    send("SIGINT", 5000 + ONE_WISH);
    expect(exits).toEqual([130]);
  });

  it("that are to be ignored are not listened to", () => {
    const { send, handled } = someProcess(["SIGHUP"]);
    send("SIGHUP", 0);
    send("SIGTERM", 1);
    expect(handled).toEqual(["SIGTERM"]);
  });
});

it("nohup is recognised by the shell's note of what it started", () => {
  expect(isUnderNohup({ _: "/usr/bin/nohup" })).toBe(true);
  expect(isUnderNohup({ _: "nohup" })).toBe(true);
  expect(isUnderNohup({ _: "/usr/bin/nohupper" })).toBe(false);
});
