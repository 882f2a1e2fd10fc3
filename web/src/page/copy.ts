/** Puts a text on the clipboard; false where the browser refuses, or has none to give (no secure address). */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
