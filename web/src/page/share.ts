/** Lets the visitor send an address: by what the device has for that, or by the clipboard. What became of it, in words. */
export async function share(title: string, url: string): Promise<string> {
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title, url });
      return "";
    }
    await navigator.clipboard.writeText(url);
    return "The link is copied: paste it to a friend.";
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "";
    return "This browser does not let the page copy; take the link from the address bar.";
  }
}
