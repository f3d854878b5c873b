// SPDX-License-Identifier: Apache-2.0
//
// The size gate: fails when the first load (the page, its script and its style) exceeds 100 KB gzipped, or any
// other script does.   node scripts/size.mjs [dist]

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const kLimit = 100 * 1024;
const dist = process.argv[2] ?? 'dist';
const gzipped = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const html = readFileSync(join(dist, 'index.html'), 'utf8');

let first = gzipped('index.html');
let tooLarge = false;
for (const name of readdirSync(join(dist, 'static')).sort()) {
  const size = gzipped(join('static', name));
  const onFirstLoad = html.includes(name);
  if (onFirstLoad) first += size;
  if (size > kLimit) tooLarge = true;
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${name}${onFirstLoad ? '  (first load)' : ''}`);
}
console.log(`${(first / 1024).toFixed(1).padStart(7)} KB  first load, of ${kLimit / 1024}`);
process.exitCode = first > kLimit || tooLarge ? 1 : 0;
