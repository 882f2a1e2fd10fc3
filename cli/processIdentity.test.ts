import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { identityOf, stateOf, thisProcess } from "./processIdentity.js";

/** A process that does nothing, for as long as the check takes. */
async function withProcess(check: (pid: number, child: ChildProcess) => unknown): Promise<void> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
  try {
    await check(child.pid!, child);
  } finally {
    child.kill("SIGKILL");
  }
}

test("this process and its parent are running", () => {
  expect(stateOf(thisProcess())).toBe("running");
  expect(stateOf(identityOf(process.ppid))).toBe("running");
});

test("a process that was killed is gone", async () => {
  await withProcess(async (pid, child) => {
    const identity = identityOf(pid);
    expect(stateOf(identity)).toBe("running");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("close", resolve));
    expect(stateOf(identity)).toBe("gone");
  });
});

test("a number that another process has by now is no sign of life", (context) => {
  const { started } = thisProcess();
  if (started === null) return context.skip("the system does not say when a process began");
  expect(stateOf({ ...thisProcess(), started: `1${started}` })).toBe("gone");
});

test("a process of an earlier boot of this machine is gone, though its number is in use again", () => {
  const here = { ...thisProcess(), host: "a", machine: "m", boot: "today" };
  expect(stateOf({ ...here, boot: "yesterday" }, here)).toBe("gone");
});

test.each([
  ["another machine", { host: "b", machine: "n", boot: "another" }],
  ["another machine of the same name", { machine: "n", boot: "another" }],
  ["a machine of the same name that has no id", { machine: null, boot: "another" }],
  ["a machine that does not tell its boots apart", { host: "b", boot: null }],
  ["another container of this machine", { host: "b", namespace: "pid:[2]" }],
  ["another container of the same name", { namespace: "pid:[2]" }],
])("of a process of %s nothing can be said, whatever number it has", (_, other) => {
  const here = { ...thisProcess(), host: "a", machine: "m", boot: "today", namespace: "pid:[1]" };
  expect(stateOf({ ...here, pid: 2 ** 31 - 2, ...other }, here)).toBe("elsewhere");
});

test("a container that has changed its name is the same one", () => {
  expect(stateOf({ ...thisProcess(), host: `not ${hostname()}` })).toBe(
    thisProcess().boot ? "running" : "elsewhere",
  );
});

/** For a machine that is busy with other things. */
const PATIENCE = { timeout: 20_000 };

test("a process that has ended, and whose parent has not asked, is gone", async (context) => {
  if (!existsSync("/proc/self/stat")) return context.skip("there is no /proc here");
  // The shell starts a child and becomes a program that never waits for it.
  const parent = spawn("bash", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
    // Before that, the shell is there still, and would ask.
    const becameSleep = () => readFileSync(`/proc/${parent.pid}/comm`, "latin1").trim() === "sleep";
    await expect.poll(becameSleep, PATIENCE).toBe(true);
    const identity = identityOf(pid);
    process.kill(pid, "SIGKILL");
    const isZombie = () => /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    await expect.poll(isZombie, PATIENCE).toBe(true);
    expect(stateOf(identity)).toBe("gone");
  } finally {
    parent.kill("SIGKILL");
  }
}, 60_000);

test("the id of the machine itself is in no identity", (context) => {
  if (!existsSync("/etc/machine-id")) return context.skip("there is no machine-id here");
  const id = readFileSync("/etc/machine-id", "utf8").trim();
  if (id === "") return context.skip("machine-id is empty here");
  expect(JSON.stringify(thisProcess())).not.toContain(id);
});
