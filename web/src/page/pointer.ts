/** Where a pointer is in an element, in shares of its width and height: below 0 or above 1 where it is outside. */
export function placeIn(element: Element, { clientX, clientY }: MouseEvent): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
}

/** The cell under a pointer, of a square grid that fills an element; the nearest one where it is outside. */
export function cellIn(element: Element, event: MouseEvent, side: number): { row: number; column: number } {
  const { x, y } = placeIn(element, event);
  const cell = (share: number) => Math.max(0, Math.min(side - 1, Math.floor(share * side)));
  return { row: cell(y), column: cell(x) };
}
