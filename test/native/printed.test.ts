import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { flagsOf, kernelFlags } from "../../src/devices/native/compile.js";
import { compilerHere } from "../support/nativeHere.js";
import { call } from "../support/terminal.js";

describe.skipIf(!compilerHere)("hebbian kernels --as c", () => {
  test.each(["oja", "retroactive", "patterns-small", "images", "omniglot", "maze"])(
    "prints %s as one text that compiles, without a word on stderr",
    async (name) => {
      const { code, out, err } = await call(["kernels", name, "--as", "c"], { env: process.env });
      expect([code, err]).toEqual([0, ""]);
      const [program, ...args] = [
        ...compilerHere!.command,
        ...flagsOf({ text: "", flags: kernelFlags(compilerHere!) }),
      ];
      const checked = spawnSync(program!, [...args, "-fsyntax-only", "-x", "c", "-"], {
        input: out,
        encoding: "utf8",
      });
      expect([checked.stderr, checked.status]).toEqual(["", 0]);
    },
  );
});
