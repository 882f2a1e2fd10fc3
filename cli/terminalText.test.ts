import { describe, expect, it } from "vitest";
import { clearLine, clipped, oneLine, ownCode, shown } from "./terminalText.js";

describe("shown", () => {
  it.each([
    ["an escape sequence", "a\x1b[31mb", "a\\u001b[31mb"],
    ["a carriage return and a bell", "a\r\x07b", "a\\u000d\\u0007b"],
    ["DEL and the C1 form of an escape sequence", "\x7f\x9b2J", "\\u007f\\u009b2J"],
    ["characters that turn the direction of text", "\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"],
    ["a line separator", "a\u2028b", "a\\u2028b"],
  ])("makes %s visible", (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("leaves text, new lines, tabs, accents, emoji and our pictures alone", () => {
    const text = "naïve 日本 👩‍🔬 ▜▖\t█\nשלום\n";
    expect(shown(text)).toBe(text);
  });

  it("lets our own codes through, and only those", () => {
    expect(shown(`${clearLine}\x1b[2Ka`)).toBe("\x1b[1G\x1b[2K\\u001b[2Ka");
    expect(shown(`${ownCode("\x1b[1m")}b${ownCode("\x1b[22m")}`)).toBe("\x1b[1mb\x1b[22m");
  });

  it("does not change what JSON says", () => {
    const value = { name: "\x1b]0;x\x07\u009b\u202e\x7f" };
    const line = shown(JSON.stringify(value));
    expect(line).not.toMatch(/[\x7f-\x9f\u202e]/);
    expect(JSON.parse(line)).toEqual(value);
  });
});

it("clipped keeps the first characters, whatever bytes they have, and every code of our own", () => {
  const line = `ab${ownCode("\x1b[1m")}c█𝄞${ownCode("\x1b[22m")}d`;
  expect(shown(clipped(line, 4))).toBe("ab\x1b[1mc█\x1b[22m");
  expect(shown(clipped(line, 5))).toBe("ab\x1b[1mc█𝄞\x1b[22m");
  expect(shown(clipped(line, 99))).toBe(shown(line));
  expect(shown(clipped(line, -1))).toBe("\x1b[1m\x1b[22m");
});

it("oneLine makes a part of a line of text with several", () => {
  expect(oneLine("a\n  b\r\n\nc")).toBe("a b c");
});
