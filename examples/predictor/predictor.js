import { liveWith } from "./life.js";
import { drawn, keysOf } from "./screen.js";
import { typing } from "./typing.js";

/**
 * npm start [-- file]: type; 1, 2 and 3 take a suggestion, Tab the first, Enter begins a new line, Ctrl-C ends. What was learned is
 * kept in `file`, predictor.life unless given, and read again the next time; --cache adds an n-gram cache of the session, which is not.
 * Text that is piped in is learned, and judged.
 */
const args = process.argv.slice(2);
const file = args.find((each) => each !== "--cache") ?? "predictor.life";
const { stdin, stdout } = process;

const life = await liveWith(file, { cache: args.includes("--cache") }).catch((error) => {
  console.error(`${file}: ${error.message}`);
  process.exit(1);
});
const line = typing(life);

const summary = () =>
  `${(100 * line.saved).toFixed(1)} % of keystrokes saved, ${line.learned} words and marks learned; the life in ${file} has ${life.bytes()} bytes`;

if (stdin.isTTY) {
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdout.write(
    "Type: 1, 2 and 3 take a suggestion, Tab the first; Alt and a digit is the digit; Ctrl-C ends.\n" +
      `What you type is learned and kept in ${file}, as sums that hold no text.\n\n`,
  );
  const show = () => stdout.write(drawn(line, stdout.columns || 80));
  const end = (code) => {
    life.save();
    stdout.write(`\r\u001b[J${summary()}\n`);
    process.exit(code);
  };
  // A terminal that is closed, or a machine that is shut down, costs nothing that was learned.
  process.on("SIGTERM", () => end(143));
  process.on("SIGHUP", () => {
    life.save();
    process.exit(129);
  });
  stdout.on("resize", show);
  stdin.on("data", (text) => {
    for (const key of keysOf(text)) {
      if (key === "\u0003" || key === "\u0004") end(0);
      if (key === "\r" || key === "\n") stdout.write(`\r\u001b[J> ${line.line}\n`);
      line.key(key);
    }
    show();
  });
  show();
} else {
  // As a person would type it who takes every suggestion that is right: letter by letter.
  stdin.setEncoding("utf8");
  let text = "";
  for await (const part of stdin) text += part;
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}'-]+|[^\p{L}\p{N}'-]/gu) ?? []) {
    for (const letter of word) {
      const isRight = (suggestion) => suggestion.toLowerCase() === word;
      const right = /^\p{L}/u.test(word) ? line.suggestions.findIndex(isRight) : -1;
      if (right >= 0) {
        line.key(`${right + 1}`);
        break;
      }
      line.key("123".includes(letter) ? `\u001b${letter}` : letter);
    }
  }
  life.save();
  stdout.write(`${summary()}\n`);
}
