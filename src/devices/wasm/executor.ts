/**
 * The loop that runs recorded programs, in WebAssembly, so that a step costs no call from JavaScript.
 *
 * A program is a list of stages in memory. A stage: [count, extent, grain, group, serial], then `count` commands
 * [table index, arguments, extent]; a count of 0 ends the program. Threads meet at a barrier after each stage.
 * In a serial stage thread 0 runs every command over its whole extent. In a shared stage each thread takes its part of
 * the extent (a multiple of `grain`) and runs all commands over it, `group` units at a time: so one episode's traces
 * stay in the cache through all the steps of the stage.
 */

import { commandWords, stageWords } from "../engine/program.js";
import {
  type Code,
  callFunction,
  callIndirect,
  doWhile,
  drop,
  forever,
  forRange,
  get,
  increment,
  returnNow,
  seq,
  set,
  wait,
  when,
  whileLoop,
} from "../loops/code.js";
import * as i32 from "../loops/i32.js";
import { type FunctionBuilder, KernelModule, type Local } from "../loops/module.js";
import type { Target } from "../loops/target.js";
import { control } from "./layout.js";

const commandBytes = commandWords * 4;
const at = (address: number): Code => i32.const(address);
const second = 1_000_000_000;

/** Spins `spins` times on a word of memory while it equals `expected`; then sleeps until it differs. */
function awaitChange(word: number, sleepers: number, expected: Local, spins: Local, counter: Local): Code {
  const same = i32.eq(i32.atomicLoad(at(word)), get(expected));
  return seq(
    set(counter, get(spins)),
    whileLoop(i32.and(same, i32.ne(get(counter), i32.const(0))), increment(counter, -1)),
    whileLoop(
      same,
      seq(
        drop(i32.atomicAdd(at(sleepers), i32.const(1))),
        drop(wait(at(word), get(expected), second)),
        drop(i32.atomicSub(at(sleepers), i32.const(1))),
      ),
    ),
  );
}

/** Changes a word and wakes whoever sleeps on it. */
const announce = (word: number, sleepers: number): Code =>
  seq(
    drop(i32.atomicAdd(at(word), i32.const(1))),
    when(i32.atomicLoad(at(sleepers)), drop(i32.notify(at(word), i32.const(0x7fffffff)))),
  );

/** (threads, spins): returns when that many threads have called. */
function emitBarrier(f: FunctionBuilder): void {
  const [threads, spins] = f.params as [Local, Local];
  const generation = f.local("i32");
  const counter = f.local("i32");
  const last = i32.eq(
    i32.add(i32.atomicAdd(at(control.barrierCount), i32.const(1)), i32.const(1)),
    get(threads),
  );
  f.body = seq(
    set(generation, i32.atomicLoad(at(control.barrierGeneration))),
    when(
      last,
      seq(
        i32.atomicStore(at(control.barrierCount), i32.const(0)),
        announce(control.barrierGeneration, control.barrierSleepers),
      ),
      awaitChange(control.barrierGeneration, control.barrierSleepers, generation, spins, counter),
    ),
  );
}

/** (program, threads, thread, spins). */
function emitExecute(f: FunctionBuilder, barrier: FunctionBuilder): void {
  const [program, threads, thread, spins] = f.params as [Local, Local, Local, Local];
  const locals = [
    "count",
    "extent",
    "group",
    "low",
    "high",
    "first",
    "end",
    "command",
    "chunk",
    "from",
    "to",
  ] as const;
  const v = Object.fromEntries(locals.map((name) => [name, f.local("i32")])) as Record<
    (typeof locals)[number],
    Local
  >;
  const stage = (word: number) => i32.load(get(program), word * 4);
  const field = (word: number) => i32.load(get(v.command), word * 4);
  const eachCommand = (run: Code) => forRange(v.command, get(v.first), get(v.end), commandBytes, run);
  const grain = stage(2);
  const share = seq(
    set(v.chunk, i32.divU(i32.sub(i32.add(get(v.extent), get(threads)), i32.const(1)), get(threads))),
    set(v.chunk, i32.mul(i32.divU(i32.sub(i32.add(get(v.chunk), grain), i32.const(1)), grain), grain)),
    set(v.low, i32.mul(get(thread), get(v.chunk))),
    set(v.low, i32.min(v.low, v.extent)),
    set(v.high, i32.add(get(v.low), get(v.chunk))),
    set(v.high, i32.min(v.high, v.extent)),
    set(v.from, get(v.low)),
    // At least once: a thread without a share still clears its partial sums.
    doWhile(
      seq(
        set(v.to, i32.add(get(v.from), get(v.group))),
        set(v.to, i32.min(v.to, v.high)),
        eachCommand(callIndirect(field(0), field(1), get(v.from), get(v.to), get(thread))),
        set(v.from, get(v.to)),
      ),
      i32.lt(get(v.from), get(v.high)),
    ),
  );
  const alone = eachCommand(callIndirect(field(0), field(1), i32.const(0), field(2), i32.const(0)));
  const readCount = set(v.count, stage(0));
  f.body = seq(
    readCount,
    forever(
      seq(
        when(i32.eqz(get(v.count)), returnNow),
        set(v.extent, stage(1)),
        set(v.group, stage(3)),
        set(v.first, i32.add(get(program), i32.const(stageWords * 4))),
        set(v.end, i32.add(get(v.first), i32.mul(get(v.count), i32.const(commandBytes)))),
        when(stage(4), when(i32.eqz(get(thread)), alone), share),
        set(program, get(v.end)),
        // Before the barrier: behind the last one, the host may already be writing the next program here.
        readCount,
        when(i32.gt(get(threads), i32.const(1)), callFunction(barrier, get(threads), get(spins))),
      ),
    ),
  );
}

/** (thread, spins, last start seen): runs every program that the host starts, until the host asks it to leave. */
function emitWork(f: FunctionBuilder, execute: FunctionBuilder): void {
  const [thread, spins, seen] = f.params as [Local, Local, Local];
  const counter = f.local("i32");
  f.body = forever(
    seq(
      awaitChange(control.start, control.startSleepers, seen, spins, counter),
      set(seen, i32.atomicLoad(at(control.start))),
      when(i32.eqz(i32.load(at(control.program))), returnNow),
      callFunction(
        execute,
        i32.load(at(control.program)),
        i32.load(at(control.threads)),
        get(thread),
        get(spins),
      ),
    ),
  );
}

/** (program, threads, spins): runs a program with the workers' help. */
function emitStart(f: FunctionBuilder, execute: FunctionBuilder): void {
  const [program, threads, spins] = f.params as [Local, Local, Local];
  f.body = seq(
    i32.store(at(control.program), get(program)),
    i32.store(at(control.threads), get(threads)),
    announce(control.start, control.startSleepers),
    when(get(program), callFunction(execute, get(program), get(threads), i32.const(0), get(spins))),
  );
}

/** The module with `execute` (this thread alone), `start` (host) and `work` (workers). */
export function emitExecutor(target: Target): KernelModule {
  const module = new KernelModule(target);
  const barrier = module.func(null, ["i32", "i32"], [], "barrier");
  const execute = module.func("execute", ["i32", "i32", "i32", "i32"]);
  const work = module.func("work", ["i32", "i32", "i32"]);
  const start = module.func("start", ["i32", "i32", "i32"]);
  emitBarrier(barrier);
  emitExecute(execute, barrier);
  emitWork(work, execute);
  emitStart(start, execute);
  return module;
}
