/** The step of a life at which the goal moves, where many lives are compared. */
export const MOVES_AT = 100;
