export {
  AssociativeRetrieval,
  type AssociativeRetrievalOptions,
  fourPairs,
  publishedSets,
  type RetrievalSets,
} from "./associativeRetrieval.js";
export { centred, centredPicture } from "./characters/centred.js";
export {
  type Alphabet,
  alphabetOf,
  type CharacterSet,
  characterSet,
  isCharacterSet,
  type PackedCharacters,
} from "./characters/characterSet.js";
export { type CharacterChoice, chosenCharacters } from "./characters/chosen.js";
export { CHARACTER_SIZE, omniglotCharacters } from "./characters/drawings.js";
export { type InkOptions, type Stroke, type StrokePoint, strokesToPicture } from "./characters/strokes.js";
export { syntheticCharacters } from "./characters/synthetic.js";
export { warpedPicture } from "./characters/warped.js";
export { CopyDelay, type CopyDelayOptions, copyTask } from "./copyDelay.js";
export {
  CueReward,
  type CueRewardOptions,
  type CueRewardState,
  cueRewardShort,
  cueRewardTask,
} from "./cueReward.js";
export type { Environment, Goals } from "./environment.js";
export { Familiarity, type FamiliarityOptions, familiarityTask } from "./familiarity.js";
export { type CifarImages, cifar10 } from "./imageSets/cifar.js";
export {
  type ImageSet,
  meanImage,
  type NamedFile,
  normalise,
  selected,
  subset,
} from "./imageSets/imageSet.js";
export { type PngImages, pngImages, type SkippedPicture } from "./imageSets/png.js";
export { proceduralImages } from "./imageSets/procedural.js";
export { centreSquare, type GreyPicture, resizeByArea } from "./imageSets/resize.js";
export {
  checkImages,
  type HalfMetrics,
  halfMetrics,
  type ImagesEpisode,
  type ImagesOptions,
  imagesEpisode,
  imagesNeurons,
  imagesSteps,
  naturalImages,
} from "./images.js";
export {
  type GoalMove,
  Maze,
  type MazeOptions,
  type MazeState,
  maze9,
  mazeBp,
  mazeDp,
  mazeText,
} from "./maze.js";
export type { MazeLimits } from "./mazeLimits.js";
export { arithmeticTask, ModularArithmetic, type ModularArithmeticOptions } from "./modularArithmetic.js";
export { MultiQueryRecall, type MultiQueryRecallOptions, zoologyRecall } from "./multiQueryRecall.js";
export {
  checkOneShot,
  MOST_WARP,
  nearestNeighbour,
  type OneShotEpisode,
  type OneShotImage,
  type OneShotOptions,
  omniglotTask,
  oneShotEpisode,
} from "./oneShot.js";
export { Parity, type ParityOptions, parityTask } from "./parity.js";
export {
  checkPatterns,
  fullPatterns,
  type PatternsEpisode,
  type PatternsOptions,
  patternsEpisode,
  patternsNeurons,
  patternsSteps,
  smallPatterns,
  wrongSigns,
} from "./patterns.js";
export type { Timing } from "./presentation.js";
export type { Probe, ProbeEpisode, ProbeNumbers } from "./probe.js";
export { type SyntheticText, syntheticText } from "./ptbSynthetic.js";
export { type MutableArrayLike, type Random, random } from "./random.js";
export { likeliest, type SequenceEpisode, type SequenceTask } from "./sequence.js";
export { NeuralCache, type NeuralCacheOptions } from "./text/neuralCache.js";
export { NgramCache, type NgramCacheOptions } from "./text/ngramCache.js";
export { END_OF_LINE, type TextUnit, textPieces } from "./text/pieces.js";
export { type TextSegment, type TextStreams, textStreams } from "./text/streams.js";
export type { TextCache } from "./text/textCache.js";
export { isWord, NUMBER, typedPieces } from "./text/typed.js";
export { UnigramCache, type UnigramCacheOptions } from "./text/unigramCache.js";
export {
  buildVocabulary,
  LARGEST_VOCABULARY,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabularyOf,
} from "./text/vocabulary.js";
export { WordCompletion } from "./text/wordCompletion.js";
export type { TokenEpisode, TokenTask } from "./tokens.js";
