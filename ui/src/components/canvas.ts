// SPDX-License-Identifier: Apache-2.0

/** Sizes a canvas to its box at the screen's resolution and clears it. Units drawn in are CSS pixels. */
export function fitCanvas(canvas: HTMLCanvasElement): { context: CanvasRenderingContext2D; width: number; height: number } {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const pixelWidth = Math.round(width * ratio);
  const pixelHeight = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

let cachedTheme: string | undefined;
let cache = new Map<string, string>();

/** The value of a custom property in the current theme. Cached: a canvas asks for it many times a frame. */
export function token(name: string): string {
  const theme = document.documentElement.dataset.theme;
  if (theme !== cachedTheme) {
    cachedTheme = theme;
    cache = new Map();
  }
  let value = cache.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    cache.set(name, value);
  }
  return value;
}
