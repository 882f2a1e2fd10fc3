import type { Drawing } from "../../worker/strokes.js";
import { amountOf, cleanName, MOST, type Named, sameName } from "./named.js";

/** Where what the network knows comes from: the page's own, somebody here, a friend's link, or an earlier visit. */
export type Origin = "page" | "visitor" | "friend" | "device";

/** The game as a value: a visitor draws and the network guesses, or a visitor teaches it something. */
export interface Game {
  readonly mode: "guessing" | "teaching";
  readonly symbols: readonly Named[];
  readonly origin: Origin;
  /** What lies on the sheet, and whether the pen was lifted. */
  readonly drawing: Drawing;
  readonly done: boolean;
  /** Until somebody draws, the page does, one symbol after another. */
  readonly playing: boolean;
  /** What is typed for a name, while teaching. */
  readonly name: string;
  /** Why something was refused, in words for the visitor. */
  readonly refused: string;
}

/** A game that begins with what is known already; from the page's own, it plays by itself. */
export const begun = (symbols: readonly Named[], origin: Origin): Game => ({
  mode: "guessing",
  symbols,
  origin,
  drawing: [],
  done: true,
  playing: origin === "page",
  name: "",
  refused: "",
});

/** Whether a game is about what it was about before: the same symbols, and a drawing that has only grown. */
export function goesOn(
  before: Pick<Game, "symbols" | "drawing">,
  { symbols, drawing }: Pick<Game, "symbols" | "drawing">,
): boolean {
  if (symbols !== before.symbols || before.drawing.length > drawing.length) return false;
  return before.drawing.every((stroke, k) => {
    const now = drawing[k]!;
    return stroke.length <= now.length && stroke[0]?.[0] === now[0]?.[0] && stroke[0]?.[1] === now[0]?.[1];
  });
}

/** A stroke grew, or ended. The first one takes the pen from the page. */
export const drew = (game: Game, drawing: Drawing, done: boolean): Game => ({
  ...game,
  drawing,
  done,
  playing: false,
  refused: "",
});

/** What the page draws by itself; nothing changes once somebody has taken the pen. */
export const played = (game: Game, drawing: Drawing, done: boolean): Game =>
  game.playing ? { ...game, drawing, done } : game;

export const cleared = (game: Game): Game => ({
  ...game,
  drawing: [],
  done: true,
  playing: false,
  refused: "",
});

/** The page goes on by itself, where there is something to draw. */
export const plays = (game: Game): Game =>
  game.mode === "guessing" && game.symbols.length > 0 ? { ...cleared(game), playing: true } : game;

/** Begins to teach; what somebody has just drawn in vain is kept as what is taught, what the page drew is not. */
export function teaches(game: Game, keepsDrawing: boolean): Game {
  if (game.symbols.length >= MOST)
    return { ...game, playing: false, refused: `It has neurons for ${MOST} names. Let it forget one first.` };
  const drawing = keepsDrawing && !game.playing ? game.drawing : [];
  return { ...game, mode: "teaching", drawing, done: true, playing: false, name: "", refused: "" };
}

export const typed = (game: Game, name: string): Game => ({ ...game, name, refused: "" });

export const cancelled = (game: Game): Game => ({ ...cleared(game), mode: "guessing", name: "" });

/** Why this cannot be taught; "" where it can. */
export function objection({ symbols, name, drawing }: Game): string {
  const amount = amountOf(drawing);
  if (amount === "nothing") return "Draw something first.";
  if (amount === "little")
    return "That is hardly more than a dot. Draw a little more, so that it can tell it apart.";
  const clean = cleanName(name);
  if (clean === "") return "What is it called? Type a name.";
  if (symbols.some((other) => sameName(other.name, clean)))
    return `It knows “${clean}” already. Find another name.`;
  return "";
}

/** The network is told the name of what is on the sheet; or why not. What the page had brought makes room for a visitor's own. */
export function taught(game: Game): Game {
  const refused = objection(game);
  if (refused !== "") return { ...game, refused };
  const symbols = [...game.symbols, { name: cleanName(game.name), drawing: game.drawing }];
  return { ...cancelled(game), symbols, origin: game.origin === "friend" ? "friend" : "visitor" };
}

export function forgot(game: Game, symbol: number): Game {
  const symbols = game.symbols.filter((_, k) => k !== symbol);
  return { ...cleared(game), symbols, origin: game.origin === "friend" ? "friend" : "visitor" };
}
