/** Checked access to what JSON a file holds. Every function throws a ModelError that names the place. */
import { wrong } from "./modelError.js";

export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown, where: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(where, "an object", value);
  return value as Json;
}

export function list<T>(
  value: unknown,
  where: string,
  most: number,
  item: (value: unknown, where: string) => T,
): T[] {
  if (!Array.isArray(value) || value.length > most)
    throw wrong(where, `a list of up to ${most} entries`, value);
  return value.map((each, k) => item(each, `${where}[${k}]`));
}

/** Names are used as keys: none that every object inherits, and none that an error could not show. */
export function name(value: unknown, where: string): string {
  if (typeof value !== "string" || !/^[\p{L}_][\p{L}\p{N}_./-]{0,99}$/u.test(value) || value in {}) {
    throw wrong(where, "a name", value);
  }
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== "string") throw wrong(where, "text", value);
  return value;
}

export function count(value: unknown, where: string, most: number): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most) {
    throw wrong(where, `a whole number from 1 to ${most}`, value);
  }
  return value as number;
}

export function finite(value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(where, "a finite number", value);
  return value;
}

/** A record whose keys are names, with each of its values checked. */
export function entries<T>(
  value: unknown,
  where: string,
  item: (value: unknown, where: string) => T,
): Readonly<Record<string, T>> {
  const pairs = Object.entries(record(value, where));
  return Object.fromEntries(pairs.map(([key, each]) => [name(key, where), item(each, `${where}.${key}`)]));
}
