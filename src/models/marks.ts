/**
 * Goes through JSON that nobody has read yet: `on` is called with each bracket and brace, and with the first character of each
 * string and what it spans, quotes included.
 */
export function marksOf(json: string, on: (mark: string, begin: number, end: number) => void): void {
  for (let at = 0; at < json.length; at++) {
    const begin = at;
    if (json[at] === '"') for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === "\\") at++;
    if ('{}[]"'.includes(json[begin]!)) on(json[begin]!, begin, at + 1);
  }
}
