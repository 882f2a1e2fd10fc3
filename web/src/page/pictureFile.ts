/** Larger pictures are made smaller while they are read: only 32 x 32 are needed in the end. */
const LARGEST = 512;
/** Drawings without a size of their own, as SVG may be, are read this large. */
const UNSIZED = 256;

/** The pixels of a file; null if it holds no picture that this browser can read. */
export async function pictureFrom(file: File): Promise<ImageData | null> {
  try {
    const picture = await bitmapOf(file);
    const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(picture.width * scale)),
      Math.max(1, Math.round(picture.height * scale)),
    );
    const context = canvas.getContext("2d")!;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return context.getImageData(0, 0, canvas.width, canvas.height);
  } catch {
    return null;
  }
}

/** What browsers read as a bitmap, and what they only draw: SVG. */
async function bitmapOf(file: File): Promise<ImageBitmap> {
  if (!/svg/.test(file.type) && !/\.svg$/i.test(file.name)) return createImageBitmap(file);
  const address = URL.createObjectURL(new Blob([file], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    // Drawn first: a bitmap is not made of a drawing without a size of its own.
    const canvas = new OffscreenCanvas(image.naturalWidth || UNSIZED, image.naturalHeight || UNSIZED);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.transferToImageBitmap();
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** What was dropped or pasted: files, whatever they are, or text where there are none. */
export interface Given {
  readonly files: readonly File[];
  readonly text: string;
}
export const givenIn = (data: DataTransfer | null): Given => ({
  files: [...(data?.files ?? [])],
  text: data?.getData("text/plain") ?? "",
});
