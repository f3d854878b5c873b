// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { openPage } from './browser.mjs';
import { ids } from './fixtures.mjs';

const narrow = { width: 360, height: 740 };
const stall = (page) => page.route('**/api/**', () => undefined);
const empty = async (page) => {
  await page.route('**/api/services', (route) => route.fulfill({ json: { data: [], total: 0, errors: null } }));
  await page.route('**/api/cairn/v1/search*', (route) => route.fulfill({ json: { traces: [], next: null, partial: null } }));
};
const failing = (page) => page.route('**/api/cairn/v1/search*', (route) => route.fulfill({ status: 500, body: '{"error":{"message":"the store is being repaired"}}' }));

const shots = [
  ['search', 'search', '.trace-item', {}],
  ['search_narrow', 'search', '.trace-item', narrow],
  ['search_wide', 'search?limit=60', '.trace-item', { width: 1920, height: 1080 }],
  ['search_empty', 'search', '.first-trace', {}, empty],
  ['search_none', 'search?minDuration=1h', '.notice', {}],
  ['search_error', 'search', '.notice', {}, failing],
  ['search_loading', 'search', '.skeleton', {}, stall],
  ['trace', `trace/${ids.order}`, '.wf-row', {}],
  ['trace_wide', `trace/${ids.failed}`, '.wf-row', { width: 1920, height: 1080 }],
  ['trace_narrow', `trace/${ids.order}`, '.wf-row', narrow],
  ['trace_detail', `trace/${ids.failed}?span=aaaaaaaaaaaa1006`, '.detail .attributes', {}],
  ['trace_detail_narrow', `trace/${ids.order}?span=aaaaaaaaaaaa1008`, '.detail .attributes', narrow],
  ['trace_find', `trace/${ids.order}?uiFind=kafka`, '.wf-row', {}],
  ['trace_errors', `trace/${ids.failed}?show=errors`, '.wf-row', {}],
  ['trace_incomplete', `trace/${ids.broken}`, '.wf-row', {}],
  ['trace_loading', `trace/${ids.order}`, '.trace-loading', {}, stall],
  ['trace_50k', `trace/${ids.large}`, '.wf-row', {}],
  ['trace_deep', `trace/${ids.deep}`, '.wf-row', {}],
  ['missing', 'nowhere', '.notice', {}],
];

/** Takes every screen in both themes into `folder`, for people to look at. */
export async function takeShots(browser, base, folder) {
  for (const [name, path, selector, size, prepare] of shots) {
    for (const dark of [false, true]) {
      const { page, close } = await openPage(browser, { ...size, dark });
      await prepare?.(page);
      await page.goto(base + path);
      await page.waitForSelector(selector);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.screenshot({ path: join(folder, `${name}${dark ? '_dark' : ''}.png`) });
      await close();
    }
  }
}
