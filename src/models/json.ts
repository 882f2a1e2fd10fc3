/** Checked access to what JSON a file holds. Every function throws a ModelError that names the place. */
import { marksOf } from "./marks.js";
import { wrong } from "./modelError.js";

export type Json = Readonly<Record<string, unknown>>;

/** JSON of so many characters and levels at most: deeper, what walks through it would run out of stack. */
export function parsed(json: string, where: string, most: { characters: number; levels: number }): unknown {
  if (json.length > most.characters) throw wrong(where, `up to ${most.characters} characters`, json.length);
  let level = 0;
  marksOf(json, (mark) => {
    if (mark === "[" || mark === "{") level++;
    else if (mark !== '"') level--;
    if (level > most.levels) throw wrong(where, `up to ${most.levels} levels of objects and lists`, "more");
  });
  try {
    return JSON.parse(json);
  } catch {
    throw wrong(where, "JSON", json);
  }
}

export function record(value: unknown, where: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(where, "an object", value);
  return value as Json;
}

/** Reads the fields of an object, each with a function of this file and what it needs besides: `field("size", count, 10)`. */
export function fieldsOf(value: unknown, where: string) {
  const all = record(value, where);
  return <T, More extends unknown[]>(
    key: string,
    read: (value: unknown, where: string, ...more: More) => T,
    ...more: More
  ): T => read(all[key], `${where}.${key}`, ...more);
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
export function validName(value: unknown, where: string): string {
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

/** A number that is finite in float32, as which it will be used. */
export function finite(value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
    throw wrong(where, "a number that is finite in float32", value);
  return value;
}

/** A record of up to `most` entries whose keys are names, with each of its values checked. */
export function entries<T>(
  value: unknown,
  where: string,
  most: number,
  item: (value: unknown, where: string) => T,
): Readonly<Record<string, T>> {
  const pairs = Object.entries(record(value, where));
  if (pairs.length > most) throw wrong(where, `up to ${most} entries`, pairs.length);
  return Object.fromEntries(
    pairs.map(([key, each]) => [validName(key, where), item(each, `${where}.${key}`)]),
  );
}
