import type { Game } from "./game.js";
import type { Guess } from "./guess.js";
import { amountOf, MOST } from "./named.js";

/** What the network says, as one would say it aloud. */
export function saidOf(game: Game, guess: Guess | null): string {
  const { mode, symbols, drawing, done } = game;
  if (mode === "teaching") return "Show me once.";
  if (symbols.length === 0) return "I know nothing yet. Teach me something.";
  const amount = amountOf(drawing);
  if (amount === "nothing") return "Draw one of these. I guess while you draw.";
  if (amount === "little") return done ? "Go on, that is hardly more than a dot." : "Go on …";
  // It has not looked yet.
  if (guess === null) return "Hm …";
  if (guess.kind === "unknown") return done ? "I don’t know this one." : "Hm …";
  const { name } = symbols[guess.symbol]!;
  return guess.kind === "asks" ? `Is it “${name}”?` : `“${name}”!`;
}

/** What there is to do, for whoever has just come. */
export function inviteOf({ origin, symbols }: Game): string {
  const names = listOf(
    symbols.map(({ name }) => `“${name}”`),
    "or",
  );
  if (origin === "friend")
    return `Somebody taught it ${listOf(
      symbols.map(({ name }) => `“${name}”`),
      "and",
    )}, and sent it to you. Draw one of them your own way: does it know what you mean?`;
  if (origin === "device") return `Welcome back. It still knows what you taught it: draw ${names}.`;
  if (symbols.length === 0) return "Draw something, once, and tell it what that is called.";
  if (origin === "page") return "It has seen each of these once. Draw one your own way, or teach it a word.";
  const more = symbols.length < MOST ? " Or teach it another word." : "";
  return `Draw ${names} again, and it guesses.${more}`;
}

function listOf(names: readonly string[], last: string): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}

/** When something was kept, seen from now, in words. */
export function whenWas(at: number, now: number): string {
  const days = Math.floor(startOf(now) - startOf(at));
  if (days <= 0) return "earlier today";
  return days === 1 ? "yesterday" : `${days} days ago`;
}
/** Days since 1970, as the clock on the wall counts them. */
const startOf = (time: number): number => {
  const date = new Date(time);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
};
