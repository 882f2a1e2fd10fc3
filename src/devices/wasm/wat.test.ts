import { expect, test } from "vitest";
import { forRange, get, memoryFill, seq, set, when } from "../loops/code.js";
import * as f64 from "../loops/f64.js";
import * as i32 from "../loops/i32.js";
import { KernelModule } from "../loops/module.js";
import * as vector from "../loops/vector.js";
import { emitExecutor } from "./executor.js";
import { exactWasm, wasmTarget } from "./features.js";
import { printWat } from "./wat.js";

test("bytes are read back as they were meant", () => {
  const module = new KernelModule(exactWasm);
  const f = module.func("f", ["i32"], ["f64"], "a small one");
  const [n] = f.params;
  const i = f.local("i32");
  const v = f.local("vector");
  f.body = seq(
    forRange(i, i32.const(-200), get(n!), 16, set(v, vector.mul(get(v), vector.load(get(i), 300)))),
    when(get(n!), memoryFill(get(n!), i32.const(0), i32.const(1 << 20))),
    vector.store(get(n!), vector.splat(vector.extract(2, get(v)))),
    f64.const(0.1),
  );
  expect(printWat(module)).toBe(`(func (; a small one ;) (param i32) (result f64)
  (local i32 v128)
  i32.const -200
  local.set 1
  local.get 1
  local.get 0
  i32.lt_s
  if
    loop
      local.get 2
      local.get 1
      v128.load offset=300 align=16
      f32x4.mul
      local.set 2
      local.get 1
      i32.const 16
      i32.add
      local.set 1
      local.get 1
      local.get 0
      i32.lt_s
      br_if 0
    end
  end
  local.get 0
  if
    local.get 0
    i32.const 0
    i32.const 1048576
    memory.fill
  end
  local.get 0
  local.get 2
  f32x4.extract_lane 2
  f32x4.splat
  v128.store align=16
  f64.const 0.1)
`);
});

test("every instruction of the executor has a name", () => {
  const text = printWat(emitExecutor(wasmTarget()));
  for (const name of [
    "memory.atomic.wait32",
    "i32.atomic.rmw.add",
    "call_indirect (type 0)",
    "select",
    "drop",
  ])
    expect(text).toContain(`${name}`);
});
