import { expect, it, vi } from "vitest";
import { call } from "../test/support/terminal.js";

it("prints what a rule computes, as equations", async () => {
  const { code, out } = await call(["kernels", "oja", "--as", "pass", "--pre", "3", "--post", "5"]);
  expect(code).toBe(0);
  expect(out).toContain("pass oja 3x5 backward");
  expect(out).toContain("H(next) = H + eta * post * (pre - post * H)");
  expect(out).toContain("d eta += pre * S1 + -1 * S2");
});

it("prints the loops of a rule, each line with the formula that it computes", async () => {
  const { code, out } = await call(["kernels", "oja", "--pre", "3", "--post", "5"]);
  expect(code).toBe(0);
  expect(out).toMatch(/kernel sweep oja 3x5 backward \(args, from, to, thread\):/);
  expect(out).toMatch(/v\d+ = nmadd\(v\d+, v\d+, v\d+\) {4}\/\/ pre - post \* H/);
});

it("prints every kernel that an experiment needs", async () => {
  const { code, out } = await call(["kernels", "patterns-small"]);
  expect(code).toBe(0);
  for (const kernel of ["zero", "matmul", "sweep decayingHebb 51x51 forward", "map tanh(z + u)"])
    expect(out).toContain(`kernel ${kernel} (`);
});

it("prints what runs, as WebAssembly text", async () => {
  const { code, out } = await call(["kernels", "patterns-small", "--as", "wat"]);
  expect(code).toBe(0);
  expect(out).toMatch(/\(func \(; sweep decayingHebb 51x51 backward ;\) \(param i32 i32 i32 i32\)/);
  expect(out).toMatch(/f32x4\.(relaxed_madd|mul)\n/);
  expect(out).toMatch(/v128\.load offset=16 align=16\n/);
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
