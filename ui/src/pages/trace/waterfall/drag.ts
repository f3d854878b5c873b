// SPDX-License-Identifier: Apache-2.0

/**
 * Lets the pointer choose a horizontal range on an element. `onDrag` gets pixels while it moves and null at
 * the end; `onChosen` gets the range unless it was only a click. Returns the way to stop.
 */
export function dragRange(
  element: HTMLElement,
  onDrag: (range: [number, number] | null) => void,
  onChosen: (left: number, right: number) => void,
): () => void {
  let from: number | null = null;
  const xOf = (event: PointerEvent) => event.clientX - element.getBoundingClientRect().left;
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    from = xOf(event);
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (from !== null) onDrag([from, xOf(event)]);
  };
  const up = (event: PointerEvent) => {
    if (from === null) return;
    const to = xOf(event);
    const range: [number, number] = [Math.min(from, to), Math.max(from, to)];
    from = null;
    onDrag(null);
    if (event.type === 'pointerup' && range[1] - range[0] > 3) onChosen(...range);
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
  };
}
