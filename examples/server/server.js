// One life for each user, kept in SQLite.
//   GET  /USER             {"steps": 12}
//   POST /USER/steps/12    float32 numbers in, float32 numbers out; 409 if the life is at another step
//   GET  /USER/snapshot    the life as a safetensors file
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { loadModel } from "hebbian/lifetime";
import { Lives } from "./lives.js";

const { PORT = "8080", DATABASE = "lives.db" } = process.env;
const model = await loadModel(new URL("../../models/images.safetensors", import.meta.url));
const lives = new Lives(model, DATABASE);
const size = model.inputs[0].size;

async function answer(request) {
  const [, user, what, step] = new URL(request.url, "http://localhost").pathname.split("/");
  if (!/^[\w-]{1,64}$/.test(user)) return [404, "no such user"];
  if (request.method === "GET" && what === undefined)
    return [200, JSON.stringify({ steps: lives.stepsOf(user) })];
  if (request.method === "GET" && what === "snapshot") return [200, lives.snapshotOf(user)];
  if (request.method !== "POST" || what !== "steps" || !/^\d{1,15}$/.test(step))
    return [404, "no such thing"];
  const body = await buffer(request);
  if (body.length !== 4 * size) return [400, `expected ${size} float32 numbers, got ${body.length} bytes`];
  const input = new Float32Array(new Uint8Array(body).buffer);
  if (!input.every(Number.isFinite)) return [400, "expected finite numbers"];
  const numbers = lives.step(user, Number(step), input);
  if (!numbers) return [409, `the life is at step ${lives.stepsOf(user)}`];
  return [200, Buffer.from(numbers.buffer)];
}

const server = createServer(async (request, response) => {
  try {
    const [code, body] = await answer(request);
    response.writeHead(code).end(body);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end("internal error");
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => lives.close());
    server.closeAllConnections();
  });
}
