/** A client that sends more than it may has this long to read the answer. */
const LAST_WORDS_MS = 500;

/** The client broke the connection off. Nobody is left to answer, and nothing is wrong here. */
export class BrokenOff extends Error {}

/** More was sent, or announced, than is read. */
export class TooLong extends Error {}

/** The body of a request, of which at most `most` bytes are ever in memory. */
export async function readBody(request, most) {
  if (Number(request.headers["content-length"] ?? 0) > most) throw new TooLong();
  const chunks = [];
  let bytes = 0;
  try {
    // The stream is left open at the end: an answer is still to go out on its connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > most) throw new TooLong();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof TooLong) throw error;
    throw new BrokenOff("the connection broke", { cause: error });
  }
  return Buffer.concat(chunks);
}

/** Sends an answer. Whatever the client still sends is thrown away for a moment, then the connection is closed. */
export function send(request, response, [code, body, headers]) {
  if (!request.complete) {
    const timer = setTimeout(() => request.destroy(), LAST_WORDS_MS);
    request.once("close", () => clearTimeout(timer));
    // Without a listener, what happens to the rest of the body would be an error of the process.
    request.on("error", () => {}).resume();
  }
  response.writeHead(code, { "content-type": "text/plain", ...headers }).end(body);
}
