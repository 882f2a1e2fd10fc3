import { drawingFrom, textOf } from "../drawingText.js";
import { cleanName, MOST, type Named } from "./named.js";

/** What the network knows, on the visitor's own device. */
export interface Kept {
  readonly symbols: readonly Named[];
  /** The network's life, as `life.snapshot()` made it. */
  readonly snapshot: Uint8Array;
  /** When it was kept, ms since 1970. */
  readonly at: number;
}

const [DATABASE, STORE, KEY] = ["hebbian", "lives", "name-it"];

/** Keeps it, in place of what was kept before. Rejects where the browser keeps nothing. */
export async function keep({ symbols, snapshot, at }: Kept): Promise<void> {
  const texts = symbols.map(({ name, drawing }) => ({ name, drawing: textOf(drawing) }));
  await inStore("readwrite", (store) => store.put({ symbols: texts, snapshot, at }, KEY));
}

/** What an earlier visit has kept; null where there is nothing that can be read. */
export async function kept(): Promise<Kept | null> {
  return read(await inStore("readonly", (store) => store.get(KEY)));
}

export async function forgetKept(): Promise<void> {
  await inStore("readwrite", (store) => store.delete(KEY));
}

function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("another tab keeps it open"));
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error ?? request.error);
      };
    };
  });
}

/** What was written by us, checked: another version, or somebody's hand, may have changed it. */
export function read(value: unknown): Kept | null {
  if (typeof value !== "object" || value === null) return null;
  const { symbols, snapshot, at } = value as Record<string, unknown>;
  if (!Array.isArray(symbols) || !(snapshot instanceof Uint8Array) || typeof at !== "number") return null;
  const all = symbols.map((symbol: unknown): Named | null => {
    const { name, drawing } = Object(symbol) as Record<string, unknown>;
    const strokes = typeof drawing === "string" ? drawingFrom(drawing) : null;
    return typeof name === "string" && cleanName(name) !== "" && strokes
      ? { name: cleanName(name), drawing: strokes }
      : null;
  });
  const whole = all.filter((symbol) => symbol !== null);
  const isWhole = whole.length === all.length && whole.length > 0 && whole.length <= MOST;
  return isWhole ? { symbols: whole, snapshot, at } : null;
}
