// SPDX-License-Identifier: Apache-2.0
//
// A service has one colour, derived from its name alone: the same in every tab, screenshot and theme.

// Of 200 000 seeds tried, the one that keeps the names of well-known demo systems furthest apart.
const kSeed = 66186;

/** FNV-1a over UTF-16 units, then mixed so that names that differ in one digit land far apart. */
export function hashName(name: string): number {
  let hash = kSeed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// Hues keep clear of red (errors) and orange (the critical path): from green round to pink.
const kFirstHue = 132;
const kHueSpan = 198;
const kHues = 19;

/** The CSS colour of a service. Every one keeps at least 3:1 against the page in its theme. */
export function serviceColour(service: string, dark: boolean): string {
  const hash = hashName(service);
  const hue = kFirstHue + ((hash % kHues) * kHueSpan) / (kHues - 1);
  const step = (hash >>> 8) % 3;
  const lightness = (dark ? [0.58, 0.7, 0.82] : [0.47, 0.56, 0.65])[step];
  const chroma = [0.12, 0.13, 0.1][step];
  return `oklch(${lightness} ${chroma} ${hue.toFixed(1)})`;
}
