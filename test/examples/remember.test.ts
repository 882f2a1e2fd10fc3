import { execFileSync } from "node:child_process";
import { beforeAll, expect, it } from "vitest";
import { installedExample } from "./installed.js";

let folder: string;
beforeAll(() => {
  folder = installedExample("remember");
}, 120_000);

const run = (...args: string[]) =>
  execFileSync(process.execPath, ["remember.js", ...args], { cwd: folder, encoding: "utf8" });

it("a script that is shown pictures restores each of them in another process, as a newborn network cannot", () => {
  expect(run("learn")).toContain("3 pictures, 198 steps");
  for (const which of ["1", "2", "3"]) {
    const errors = [...run("recall", which).matchAll(/error of the lower half ([\d.]+)/g)].map(([, n]) =>
      Number(n),
    );
    expect(errors).toHaveLength(2);
    expect(errors[0]!, `picture ${which}`).toBeLessThan(0.5 * errors[1]!);
  }
});
