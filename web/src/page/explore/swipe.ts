/** Up, down, left, right: the moves in a maze. */
export type Move = 0 | 1 | 2 | 3;

export const keyMoves: Readonly<Record<string, Move>> = {
  ArrowUp: 0,
  ArrowDown: 1,
  ArrowLeft: 2,
  ArrowRight: 3,
};

/** Pixels of a screen that a finger goes until it has meant something. */
const MEANT = 22;

/** The move that a finger made that went so far right and down, in pixels; null while it has hardly moved. */
export function swiped(right: number, down: number): Move | null {
  if (Math.max(Math.abs(right), Math.abs(down)) < MEANT) return null;
  if (Math.abs(right) > Math.abs(down)) return right > 0 ? 3 : 2;
  return down > 0 ? 1 : 0;
}

/** The move towards a place that was tapped: as a swipe there, however short. */
export const towards = (right: number, down: number): Move =>
  Math.abs(right) > Math.abs(down) ? (right > 0 ? 3 : 2) : down > 0 ? 1 : 0;
