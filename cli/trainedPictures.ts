import type { Experiment } from "../src/training/index.js";
import { dataFor, isNamedSource, loadData } from "./data.js";
import { DataError } from "./dataFolders.js";
import { shortened } from "./fingerprint.js";
import type { LoadedData } from "./loadedImages.js";

/** What is known of the pictures that a network was trained with. */
export interface TrainedPictures {
  /** As in --data; null where there were none, or where they lie is not known. */
  readonly source: string | null;
  /** The name of their folder, where only that is known: a model file has no paths. */
  readonly folder: string | null;
  /** Null where it was not kept. */
  readonly fingerprint: string | null;
}

/**
 * Throws a DataError unless `images`, read from where those of training lay, are those of training. Where that was not
 * kept, a folder cannot be trusted, and a source that is the same everywhere can.
 *
 * @param whose the run or model, in words
 * @param otherwise what to do if one wants these pictures
 */
export function expectSamePictures(
  whose: string,
  { source, fingerprint }: TrainedPictures,
  images: LoadedData,
  otherwise: string,
): void {
  const isSame = fingerprint === null ? isNamedSource(source!) : fingerprint === images.fingerprint;
  if (isSame) return;
  const was =
    fingerprint === null
      ? "it is not known which pictures that had, nor which of them were for testing"
      : `that had those of fingerprint ${shortened(fingerprint)}`;
  throw new DataError(
    `${source}: holds other pictures (fingerprint ${shortened(images.fingerprint)}) than ${whose} was trained with: ` +
      `${was}; put the same ones back, or ${otherwise}`,
  );
}

/**
 * The pictures to test a trained network with: those that were asked for, or else those of training, which must be the
 * same still. `note` hears of other pictures that were asked for: that is a question like any other.
 *
 * @throws DataError where those of training are gone or have changed, and as `loadData`
 */
export function picturesToTest(
  experiment: Experiment,
  asked: string | undefined,
  trained: TrainedPictures,
  path: string,
  note: (text: string) => void,
): LoadedData | null {
  if (asked === undefined && trained.source === null && trained.folder !== null) {
    throw new DataError(
      `${path}: was trained with pictures of a folder called "${trained.folder}" (fingerprint ` +
        `${shortened(trained.fingerprint ?? "unknown")}), and a model does not say where that lies; ` +
        "give it, or other pictures, with --data",
    );
  }
  const source = dataFor(experiment, asked ?? trained.source ?? undefined);
  const images = loadData(experiment, source);
  if (!images) return null;
  if (asked === undefined) {
    if (trained.source !== null) {
      expectSamePictures(path, trained, images, "say with --data that these are meant");
    }
  } else if (trained.fingerprint !== null && trained.fingerprint !== images.fingerprint) {
    const [now, then] = [images.fingerprint, trained.fingerprint].map(shortened);
    note(
      `${source} (fingerprint ${now}) holds other pictures than those of training ` +
        `(${trained.source ?? trained.folder}, ${then})`,
    );
  }
  return images;
}
