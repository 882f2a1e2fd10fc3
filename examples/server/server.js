// One life for each user, kept in SQLite. README.md says what it promises.
//   PUT  /USER             claims a free name for the token in the header; 409 if another has it
//   GET  /USER             {"steps": 12}
//   POST /USER/steps/12    float32 numbers in, float32 numbers out; 409 if the life is at another step
//   GET  /USER/snapshot    the life as a safetensors file
// Each with the header "Authorization: Bearer TOKEN".
import { createServer } from "node:http";
import { loadModel } from "hebbian/lifetime";
import { BrokenOff, readBody, send, TooLong } from "./body.js";
import { openDatabase } from "./database.js";
import { Lives, StepRefused } from "./lives.js";
import { Users } from "./users.js";

const { PORT = "8080", DATABASE = "lives.db" } = process.env;
/** A request must have come whole by then. */
const REQUEST_MS = 5000;
const MOST_CONNECTIONS = 1000;

const model = await loadModel(new URL("../../models/images.safetensors", import.meta.url));
const size = model.inputs[0].size;
let database;
try {
  database = openDatabase(DATABASE);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const lives = new Lives(model, database);
const users = new Users(database);

/** What there is under /USER, by method. */
const routes = {
  "": { PUT: claim, GET: (user) => json(200, { steps: lives.stepsOf(user) }) },
  snapshot: { GET: (user) => bytes(lives.snapshotOf(user)) },
  steps: { POST: step },
};

async function answer(request) {
  // Not a URL: everything here is letters, digits, - and _, and new URL throws for "//".
  const [empty, user, what = "", number, ...rest] = request.url.split("?")[0].split("/");
  const methods = Object.hasOwn(routes, what) ? routes[what] : null;
  const numbered = what === "steps" ? /^\d{1,15}$/.test(number) : number === undefined;
  if (empty !== "" || !/^[\w-]{1,64}$/.test(user) || !methods || !numbered || rest.length > 0) {
    return [404, "no such thing"];
  }
  if (!Object.hasOwn(methods, request.method)) {
    return [405, "no such method here", { allow: Object.keys(methods).join(", ") }];
  }
  const token = /^Bearer ([\w-]{32,128})$/.exec(request.headers.authorization)?.[1];
  if (!token || (methods[request.method] !== claim && !users.knows(user, token))) {
    return [401, "expected this user's token", { "www-authenticate": "Bearer" }];
  }
  const body = await readBody(request, request.method === "POST" ? 4 * size : 0);
  return methods[request.method](user, { token, body, number: Number(number) });
}

function claim(user, { token }) {
  const outcome = users.claim(user, token);
  if (outcome === "taken") return [409, "somebody has this name"];
  if (outcome === "full") return [503, "there are as many users as there may be"];
  return json(outcome === "created" ? 201 : 200, { user });
}

function step(user, { body, number }) {
  if (body.length !== 4 * size) return [400, `expected ${size} float32 numbers, got ${body.length} bytes`];
  const input = new Float32Array(new Uint8Array(body).buffer);
  // As the pictures that it was trained with; NaN is no such number either.
  if (!input.every((grey) => grey >= -1 && grey <= 1)) return [400, "expected numbers from -1 to 1"];
  const numbers = lives.step(user, number, input);
  if (!numbers) return [409, `the life is at step ${lives.stepsOf(user)}`];
  return bytes(Buffer.from(numbers.buffer));
}

const json = (code, value) => [code, JSON.stringify(value), { "content-type": "application/json" }];
const bytes = (value) => [200, value, { "content-type": "application/octet-stream" }];

/** What a client is told; null if it is gone. */
function explained(error) {
  if (error instanceof BrokenOff) return null;
  if (error instanceof TooLong) return [413, `expected at most ${4 * size} bytes`];
  if (error instanceof StepRefused) return [422, error.message];
  console.error(error);
  // The disk is full, or broken: the client may try again, and nothing is half done.
  if (error.code?.startsWith("SQLITE_")) return [503, "it could not be kept; try again later"];
  return [500, "internal error"];
}

const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 };
const server = createServer(limits, async (request, response) => {
  const result = await answer(request).catch(explained);
  if (result) send(request, response, result);
});
server.maxConnections = MOST_CONNECTIONS;
server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => database.close());
    server.closeAllConnections();
  });
}
