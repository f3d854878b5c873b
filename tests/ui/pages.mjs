// SPDX-License-Identifier: Apache-2.0
//
// Checks the pages in a real browser against a running server that holds the fixture traces (serve_fixture.mjs, or
// the real binary after seed.mjs).
//
//   node pages.mjs <base url> [--shots <folder>] [--only <part of a name>]
//
// Prints one line per check and a JSON line of figures; exits 1 when a check fails. Every check also fails on a
// console error or a violation of the content security policy.

import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch, openPage } from './browser.mjs';
import { accessibilityChecks } from './checks_accessibility.mjs';
import { largeTraceChecks } from './checks_large.mjs';
import { searchChecks } from './checks_search.mjs';
import { takeShots } from './checks_shots.mjs';
import { traceChecks } from './checks_trace.mjs';

const { values: options, positionals } = parseArgs({
  options: { shots: { type: 'string' }, only: { type: 'string', default: '' } }, allowPositionals: true,
});
const base = positionals[0]?.replace(/\/?$/, '/');
if (!base) throw new Error('usage: pages.mjs <base url>');

const figures = {};
const checks = { ...searchChecks, ...traceChecks, ...largeTraceChecks(figures), ...accessibilityChecks };
const browser = await launch();
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (!name.includes(options.only)) continue;
  const opened = await openPage(browser);
  const startedAt = performance.now();
  try {
    await check(opened.page, base, browser);
    if (opened.problems.length > 0) throw new Error(opened.problems.join('; '));
    console.log(`ok    ${name} (${Math.round(performance.now() - startedAt)} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 12).join('\n      ')}`);
  }
  await opened.close();
}
if (options.shots) {
  mkdirSync(options.shots, { recursive: true });
  await takeShots(browser, base, options.shots);
}
await browser.close();
console.log(JSON.stringify(figures));
process.exitCode = failed > 0 ? 1 : 0;
