/** A program that does what the section Explore does. */
export const exploreCode = ({
  seed,
}: {
  readonly seed: number;
}): string => `import { loadModel } from "hebbian/lifetime";
import { Maze, mazeText, random } from "hebbian/tasks";

const model = await loadModel(import.meta.resolve("hebbian-models/maze.safetensors"));
const life = model.begin();
const maze = new Maze({ ...mazeText, goalMoves: 1 });
const world = maze.reset(random(${seed}, "goal", 0));
const dice = random(${seed}, "actions", 0);
const seen = new Float32Array(maze.observations);
for (let t = 0; t < maze.steps; t++) {
  maze.observe(world, seen, 0);
  const shares = Array.from(life.step(seen).subarray(0, maze.actions), Math.exp);
  let left = dice.uniform() * shares.reduce((sum, share) => sum + share);
  const action = shares.findIndex((share) => (left -= share) < 0);
  maze.step(world, action < 0 ? maze.actions - 1 : action);
}
console.log(\`found it \${world.found} times in \${maze.steps} steps\`);
`;
