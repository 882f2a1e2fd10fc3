import { expect, test } from "vitest";
import { buildVocabulary, textPieces, textStreams } from "../src/tasks/index.js";
import { ptbText } from "./support/ptb.js";

test.runIf(ptbText)("the Penn Treebank has 10,000 words and the published numbers of tokens", () => {
  const train = textPieces(ptbText!("train"), "word");
  const vocabulary = buildVocabulary(train);
  expect(vocabulary.size).toBe(10_000);
  const [valid, held] = (["valid", "test"] as const).map((part) =>
    vocabulary.encode(textPieces(ptbText!(part), "word")),
  );
  expect([train.length, valid!.length, held!.length]).toEqual([929_589, 73_760, 82_430]);
  expect(textStreams(vocabulary.encode(train), { batch: 20, steps: 20 }).segments).toBe(2323);
});
