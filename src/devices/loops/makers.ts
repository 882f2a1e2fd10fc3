/** What makes nodes, and makers of nodes, for the files of one type each: i32.ts, vector.ts, ... */
import type { Atomic, Code, Loaded, Local, Operator, Stored } from "./nodes.js";

export const get = (local: Local): Code => ({ kind: "get", local });

// Their calls are marked as pure, so that bundlers drop those whose result a program does not use.

export const op =
  (name: Operator) =>
  (...args: Code[]): Code => ({ kind: "op", op: name, args });
export const loadOf =
  (what: Loaded) =>
  (address: Code, offset = 0): Code => ({ kind: "load", what, address, offset });
export const storeOf =
  (what: Stored) =>
  (address: Code, value: Code, offset = 0): Code => ({ kind: "store", what, address, value, offset });
export const atomicOf =
  (what: Exclude<Atomic, "load">) =>
  (address: Code, value: Code): Code => ({ kind: "atomic", what, address, value });
