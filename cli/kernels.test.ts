import { expect, it, vi } from "vitest";
import { bandit, moduleFolder, outstar, pays } from "../test/support/ownModules.js";
import { call } from "../test/support/terminal.js";

/** A machine without a compiler: what is printed is the same wherever the test runs. */
const env = { CC: "/nowhere/cc" };

it("prints what a rule computes, as equations", async () => {
  const { code, out } = await call(["kernels", "oja", "--as", "pass", "--pre", "3", "--post", "5"]);
  expect(code).toBe(0);
  expect(out).toContain("pass sweep oja 3x5 backward");
  expect(out).toContain("H(next) = H + eta * post * (pre - post * H)");
  expect(out).toContain("d eta += pre * S1 + -1 * S2");
});

it("prints what a rule reads for its next update in the same sweep, both ways", async () => {
  const { out } = await call(["kernels", "kimiDelta", "--as", "pass", "--pre", "3", "--post", "5"]);
  expect(out).toContain("pass sweep kimiDelta 3x5 forward recalled");
  expect(out).toContain("pass sweep kimiDelta 3x5 backward recalled");
  expect(out).toMatch(/z:recalled\S* \+= pre\(recalled\) \* a\(recalled\) \* H\(next\)|z:recalled/);
  expect(out.match(/^pass /gm)).toHaveLength(3);
});

it("prints the loops of a rule, each line with the formula that it computes", async () => {
  const { code, out } = await call(["kernels", "oja", "--pre", "3", "--post", "5"]);
  expect(code).toBe(0);
  expect(out).toMatch(/kernel sweep oja 3x5 backward \(args, from, to, thread\):/);
  expect(out).toMatch(/v\d+ = nmadd\(v\d+, v\d+, v\d+\) {4}\/\/ pre - post \* H/);
});

it("prints a rule in C, each line with the formula that it computes and each argument with its name", async () => {
  const { code, out } = await call(["kernels", "oja", "--as", "c", "--pre", "3", "--post", "5"], { env });
  expect(code).toBe(0);
  for (const kernel of ["forward", "forward_update", "backward"])
    expect(out).toMatch(new RegExp(`void k\\d+_sweep_oja_3x5_${kernel}\\(word args, word from, word to`));
  expect(out).toMatch(/ {2}v\d+ = nmadd\(v\d+, v\d+, v\d+\); \/\* pre - post \* H \*\//);
  expect(out).toMatch(/ {2}const word w\d+ = AT\(word_at, args \+ \d+\); \/\* param:eta \*\//);
});

it("says for which machine it prints where no compiler tells", async () => {
  const { code, out, err } = await call(["kernels", "oja", "--as", "c"], { env });
  expect(code).toBe(0);
  const lanes = process.arch === "arm64" ? 4 : 8;
  expect(out).toContain(`#define LANES ${lanes}\n`);
  expect(err).toMatch(/^the C compiler that CC names cannot be used: \/nowhere\/cc: not there; /);
  expect(err).toContain(`; printed for ${32 * lanes}-bit vectors with fused multiply-add, as most machines`);
});

it("prints loops and equations for the native device, with its vectors", async () => {
  const printed = async (...more: string[]) =>
    (await call(["kernels", "oja", "--pre", "2", "--post", "12", ...more], { env })).out;
  // Twelve numbers are three vectors of four, or one of eight and a half.
  expect(await printed()).not.toContain("first(4)");
  const native = await printed("--target", "native");
  if (process.arch !== "arm64") expect(native).toContain("first(4)");
  expect(native).toContain("kernel sweep oja 2x12 backward (args, from, to, thread):");
  expect(await printed("--target", "native", "--as", "pass")).toBe(await printed("--as", "pass"));
});

it("prints every kernel that an experiment needs", async () => {
  const { code, out } = await call(["kernels", "patterns-small"]);
  expect(code).toBe(0);
  for (const kernel of ["zero", "matmul", "sweep decayingHebb 51x51 forward", "map tanh(z + u)"])
    expect(out).toContain(`kernel ${kernel} (`);
  expect(out).toContain("args.param:eta");
});

it("prints an experiment in C as one text, in which no two functions have one name", async () => {
  const { code, out } = await call(["kernels", "patterns-small", "--as", "c"], { env });
  expect(code).toBe(0);
  expect(out.match(/#define LANES/g)).toHaveLength(1);
  const names = [...out.matchAll(/ (k\d+_\w+)\(.*\) \{$/gm)].map(([, name]) => name!);
  for (const kernel of [/_matmul$/, /_sweep_decayingHebb_51x51_backward$/, /_map_tanh_z_u_$/])
    expect(names.some((name) => kernel.test(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

it("prints what runs, as WebAssembly text", async () => {
  const { code, out } = await call(["kernels", "patterns-small", "--as", "wat"]);
  expect(code).toBe(0);
  expect(out).toMatch(/\(func \(; sweep decayingHebb 51x51 backward ;\) \(param i32 i32 i32 i32\)/);
  expect(out).toMatch(/f32x4\.(relaxed_madd|mul)\n/);
  expect(out).toMatch(/v128\.load offset=16 align=16\n/);
});

it("prints a rule or an experiment of somebody's own", async () => {
  const own = moduleFolder();
  try {
    own.write("pays.js", pays);
    const rule = await call([
      "kernels",
      own.write("outstar.js", outstar),
      "--as",
      "pass",
      "--pre",
      "3",
      "--post",
      "5",
    ]);
    expect(rule).toMatchObject({ code: 0, err: "" });
    expect(rule.out).toContain("pass sweep outstar 3x5 backward");
    const named = own.write("named.js", outstar.replace("export default", "export const outstar ="));
    expect((await call(["kernels", named, "--as", "pass", "--pre", "3", "--post", "5"])).out).toBe(rule.out);
    const agent = await call(["kernels", own.write("bandit.js", bandit)]);
    expect(agent).toMatchObject({ code: 0, err: "" });
    expect(agent.out).toContain("kernel sweep clippedHebb 8x8 forward (");
    const { code, err } = await call(["kernels", own.write("three.js", "export default 3;")]);
    expect([code, err]).toEqual([
      7,
      expect.stringContaining("three.js: an experiment must be an object, got 3"),
    ]);
  } finally {
    own.remove();
  }
});

it("says what there is where a name is neither rule nor experiment", async () => {
  const { code, err } = await call(["kernels", "ojja"]);
  expect(code).toBe(2);
  expect(err).toMatch(/no rule and no experiment "ojja"; rules are .*oja.*; experiments are patterns/);
});

it("without WebAssembly (node --jitless) says so", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  try {
    const { code, err } = await call(["kernels", "oja"]);
    expect(code).toBe(2);
    expect(err).toContain("there is no WebAssembly here");
  } finally {
    vi.unstubAllGlobals();
  }
});

it.each([
  [["oja", "--as", "wat", "--target", "native"], "--as wat is how wasm has its kernels, not native"],
  [["oja", "--as", "c", "--target", "wasm"], "--as c is how native has its kernels, not wasm"],
  [["patterns-small", "--as", "wat", "--target", "native"], "take --target wasm, or --as loop"],
  [["patterns", "--as", "pass"], "--as pass is for a rule: "],
  [
    ["patterns", "--pre", "3"],
    "--pre and --post are for a rule; patterns is printed in the sizes that it has",
  ],
  [["patterns", "--post", "100"], "--pre and --post are for a rule"],
  [["oja", "--batch", "3"], "unknown option '--batch'"],
])("refuses %j, which contradicts itself or would do nothing", async (argv, message) => {
  const { code, out, err } = await call(["kernels", ...argv], { env });
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain(message);
});
