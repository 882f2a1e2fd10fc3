import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { shellWord } from "./shellWord.js";

describe("shellWord", () => {
  test("a plain path stays as it is", () => {
    for (const path of ["runs/maze-9-seed0", "./a+b,c@d%e=f:1", "/tmp/x_y.z"])
      expect(shellWord(path)).toBe(path);
  });

  test.each([
    ["my runs/a", "'my runs/a'"],
    ["it's", "'it'\\''s'"],
    ["~/runs", "'~/runs'"],
    ["", "''"],
    ["=a", "'=a'"],
    ["-rf", "./-rf"],
    ["ä ö", "'ä ö'"],
    ["a\nb'c\\", "$'a\\012b\\'c\\\\'"],
    ["\x1b[31m", "$'\\033[31m'"],
  ])("%j is written %s", (path, word) => {
    expect(shellWord(path, "linux")).toBe(word);
  });

  test("Windows knows double quotes only", () => {
    expect(shellWord("C:\\runs\\a", "win32")).toBe("C:\\runs\\a");
    expect(shellWord("C:\\my runs\\a", "win32")).toBe('"C:\\my runs\\a"');
  });

  test.skipIf(process.platform === "win32")("bash reads every word as the path that it stands for", () => {
    const paths = [
      "a b",
      "it's",
      "~",
      "$HOME",
      "`x`",
      "a\nb",
      "*",
      "\x07!\\",
      '"',
      "",
      "a;b&c|d>e",
      "#x",
      "{a,b}",
    ];
    const script = paths.map((path) => `printf '%s\\0' ${shellWord(path)}`).join("\n");
    expect(execFileSync("bash", ["-c", script]).toString().split("\0").slice(0, -1)).toEqual(paths);
  });
});
