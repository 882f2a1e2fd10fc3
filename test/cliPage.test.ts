import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXIT_CODES } from "../cli/exitCodes.js";

const page = readFileSync(join(import.meta.dirname, "../docs/cli.md"), "utf8");

it("docs/cli.md has the exit codes of the program", () => {
  const rows = Object.values(EXIT_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  expect(page).toContain(["| code | meaning |", "|---|---|", ...rows].join("\n"));
});
