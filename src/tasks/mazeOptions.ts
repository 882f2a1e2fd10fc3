import { checkInteger } from "./options.js";

/** A maze, its rewards, and what its agent is told. */
export interface MazeOptions {
  /** Cells along a side, the outer walls included; odd. */
  readonly size: number;
  /** Time steps of an episode. */
  readonly steps: number;
  /** What finding the goal is worth. */
  readonly reward: number;
  /** What bumping into a wall costs; 0 or more. */
  readonly bumpCost: number;
  /** Whether the goal may lie in the centre, where every episode begins. */
  readonly goalInCentre: boolean;
  /** Whether the agent may be put onto the goal itself after it has found it. */
  readonly teleportOntoGoal: boolean;
  /** Times that the goal moves to another cell within an episode, each at a random step; 0 unless given. */
  readonly goalMoves?: number;
}

/** 13 x 13, 200 steps: Miconi et al. 2019 (arXiv 2002.10585), 4.2, as its programs set it. */
export const mazeBp: MazeOptions = {
  size: 13,
  steps: 200,
  reward: 10,
  bumpCost: 0,
  goalInCentre: false,
  teleportOntoGoal: false,
};
/** Miconi et al. 2019, 4.2, as in the text: 9 x 9 cells and the walls around them, 16 pillars among them. */
export const mazeText: MazeOptions = { ...mazeBp, size: 11 };
/** 9 x 9 with the walls, 8 pillars: smaller than any published one. */
export const maze9: MazeOptions = { ...mazeBp, size: 9 };
/** 11 x 11, 250 steps, bumping hurts: Miconi et al. 2018 (arXiv 1804.02464), 4.5. */
export const mazeDp: MazeOptions = {
  size: 11,
  steps: 250,
  reward: 10,
  bumpCost: 0.1,
  goalInCentre: true,
  teleportOntoGoal: true,
};

/** Throws a RangeError for a maze that there cannot be. */
export function checkMaze({ size, steps, reward, bumpCost, goalMoves = 0 }: MazeOptions): void {
  checkInteger("maze", "size", size, 5, mazeBp.size);
  if (size % 2 === 0) throw new RangeError(`maze: size must be odd, got ${size}; try ${size + 1}`);
  checkInteger("maze", "steps", steps, 1, mazeBp.steps);
  checkInteger("maze", "goalMoves", goalMoves, 0, 2);
  if (goalMoves >= steps) {
    throw new RangeError(
      `maze: goalMoves must be fewer than the ${steps} steps, got ${goalMoves}; use fewer`,
    );
  }
  if (!(Number.isFinite(reward) && reward > 0)) {
    throw new RangeError(`maze: reward must be a positive number, got ${reward}; the papers use 10`);
  }
  if (!(Number.isFinite(bumpCost) && bumpCost >= 0)) {
    throw new RangeError(
      `maze: bumpCost must be a number of at least 0, got ${bumpCost}; the paper uses 0.1`,
    );
  }
}
