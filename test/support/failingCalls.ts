import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Call =
  | "chmodSync"
  | "fsyncSync"
  | "linkSync"
  | "mkdirSync"
  | "rmSync"
  | "fchownSync"
  | "renameSync"
  | "openSync";

/**
 * Does `action` while one of the system's calls answers with an error, as a broken disk or a network share does. `when`
 * is asked before each call, with its arguments, and may pass it on to the system.
 */
export function withFailing<T>(
  call: Call,
  code: string,
  action: () => T,
  when = (..._: unknown[]) => true,
): T {
  const calls = fs as unknown as Record<Call, (...args: unknown[]) => unknown>;
  const original = calls[call];
  calls[call] = (...args) => {
    if (!when(...args)) return original(...args);
    throw Object.assign(new Error(`${code}: injected, ${call}`), { code });
  };
  syncBuiltinESMExports();
  try {
    return action();
  } finally {
    calls[call] = original;
    syncBuiltinESMExports();
  }
}
