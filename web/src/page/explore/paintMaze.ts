/** Canvas pixels along a side of a cell. */
export const CELL = 40;

/** What is to be seen of a maze. */
export interface Scene {
  readonly size: number;
  readonly walls: ArrayLike<number>;
  /** Where the reward is, where it was before it moved, and where whoever runs is; null for what is not shown. */
  readonly goal: number | null;
  readonly ghost: number | null;
  readonly agent: number;
  /** Cells it came through, the latest last; -1 where it was put elsewhere. */
  readonly trail: readonly number[];
  readonly colour: string;
  /** How brightly the place shines where it was just paid, 0 to 1. */
  readonly flash: number;
  /** The cell that keys choose; -1 for none. */
  readonly cursor: number;
}

const [WALL, FLOOR, GOLD, GHOST] = ["#2f2a3a", "#15121c", "#ffe3b3", "#9a93a6"];
/** Full turns, as arcs have them. */
const ROUND = 2 * Math.PI;

export function paintMaze(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext("2d")!;
  const { size, walls, goal, ghost, agent, trail, colour, flash, cursor } = scene;
  const centre = (cell: number) =>
    [((cell % size) + 0.5) * CELL, (Math.floor(cell / size) + 0.5) * CELL] as const;
  const disc = (cell: number, radius: number) => {
    context.beginPath();
    context.arc(...centre(cell), CELL * radius, 0, ROUND);
  };
  context.globalAlpha = 1;
  context.fillStyle = "#0a080e";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (let cell = 0; cell < walls.length; cell++) {
    const [x, y] = centre(cell);
    context.fillStyle = walls[cell] ? WALL! : FLOOR!;
    context.fillRect(x - CELL / 2, y - CELL / 2, CELL - 1, CELL - 1);
  }
  context.lineCap = "round";
  if (ghost !== null) {
    context.setLineDash([5, 7]);
    context.strokeStyle = GHOST!;
    context.lineWidth = 3;
    disc(ghost, 0.28);
    context.stroke();
    context.setLineDash([]);
  }
  context.strokeStyle = colour;
  context.lineWidth = 6;
  for (let k = 1; k < trail.length; k++) {
    if (trail[k]! < 0 || trail[k - 1]! < 0) continue;
    context.globalAlpha = 0.75 * (k / trail.length) ** 1.5;
    context.beginPath();
    context.moveTo(...centre(trail[k - 1]!));
    context.lineTo(...centre(trail[k]!));
    context.stroke();
  }
  const paid = flash > 0 ? lastPaid(trail) : -1;
  if (paid >= 0) {
    context.fillStyle = GOLD!;
    context.globalAlpha = 0.5 * flash;
    disc(paid, 0.45 + 0.4 * (1 - flash));
    context.fill();
  }
  context.globalAlpha = 1;
  if (goal !== null) {
    context.strokeStyle = context.fillStyle = GOLD!;
    context.lineWidth = 3;
    disc(goal, 0.28);
    context.stroke();
    disc(goal, 0.09);
    context.fill();
  }
  context.fillStyle = colour;
  context.globalAlpha = 0.22;
  disc(agent, 0.46);
  context.fill();
  context.globalAlpha = 1;
  disc(agent, 0.27);
  context.fill();
  if (cursor >= 0) {
    const [x, y] = centre(cursor);
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.strokeRect(x - CELL / 2 + 1, y - CELL / 2 + 1, CELL - 3, CELL - 3);
  }
}

/** Where a trail breaks last: there it was paid, and put elsewhere. */
function lastPaid(trail: readonly number[]): number {
  const broken = trail.lastIndexOf(-1);
  return broken > 0 ? trail[broken - 1]! : -1;
}
