import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { call } from "../../test/support/terminal.js";

const home = mkdtempSync(join(tmpdir(), "hebbian-new-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("hebbian new", () => {
  it("writes an experiment, a rule, a test and the commands, and says how to go on", async () => {
    const folder = join(home, "My Task");
    const { code, out } = await call(["new", folder]);
    expect(code).toBe(0);
    expect(out).toContain(`cd '${folder}'`);
    expect(readdirSync(folder).sort()).toEqual([
      ".gitignore",
      "README.md",
      "bandit.js",
      "bandit.test.js",
      "outstar.js",
      "package.json",
    ]);
    const { name, scripts, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(name).toBe("my-task");
    expect(scripts.train).toBe("hebbian train ./bandit.js");
    expect(dependencies.hebbian).toMatch(/^\^\d+\.\d+\.\d+/);
  });

  it("writes an experiment and a rule that train", async () => {
    const folder = join(home, "trains");
    await call(["new", folder]);
    const rule = join(folder, "outstar.js");
    const flags = [
      "--device",
      "reference",
      "--episodes",
      "4",
      "--batch",
      "2",
      "--neurons",
      "4",
      "--no-figures",
    ];
    const command = [
      "train",
      join(folder, "bandit.js"),
      ...flags,
      "--rule",
      rule,
      "--out",
      join(home, "run"),
    ];
    const { code, err } = await call(command, {
      interrupt: (text) => (text.includes("Now testing") ? "SIGINT" : null),
    });
    expect([code, err]).toEqual([130, ""]);
  });

  it("refuses a folder that holds anything, and touches nothing in it", async () => {
    const folder = mkdtempSync(join(home, "full-"));
    writeFileSync(join(folder, "README.md"), "mine");
    const { code, err } = await call(["new", folder]);
    expect([code, err]).toEqual([
      5,
      expect.stringContaining("exists and holds README.md; choose a new folder"),
    ]);
    expect(readdirSync(folder)).toEqual(["README.md"]);
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("mine");
    expect((await call(["new", join(folder, "README.md")])).err).toContain("it is a file");
    expect(existsSync(join(folder, "package.json"))).toBe(false);
  });
});
