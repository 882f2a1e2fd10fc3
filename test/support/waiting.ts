import { createServer } from "node:net";

/** Waits until `holds`, asking again and again. Throws when it has waited so many seconds. */
export async function until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
  const last = Date.now() + 1000 * seconds;
  while (!holds()) {
    if (Date.now() > last) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A port of this machine that nobody listens at. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
