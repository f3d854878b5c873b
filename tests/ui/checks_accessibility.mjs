// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openPage } from './browser.mjs';
import { ids } from './fixtures.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe on the page as it stands; throws with each violation and where it is. */
async function assertAccessible(page, where) {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const result = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => `${node.target} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`).join(' | ')}`);
  });
  if (violations.length > 0) throw new Error(`${where}: ${violations.join('\n')}`);
}

const screens = {
  search: ['search', '.trace-item'],
  'search with nothing found': ['search?minDuration=1h', '.notice'],
  trace: [`trace/${ids.failed}`, '.wf-row'],
  'trace with details': [`trace/${ids.failed}?span=aaaaaaaaaaaa1006&uiFind=kafka`, '.detail .attributes'],
  'missing page': ['nowhere', '.notice'],
  'keyboard help': ['search', '.trace-item', (page) => page.keyboard.press('?')],
  'service list': ['search', '.trace-item', (page) => page.getByLabel('Service', { exact: true }).press('ArrowDown')],
};

/** Axe finds nothing on any screen, in both themes, wide and narrow. */
export const accessibilityChecks = Object.fromEntries(Object.entries(screens).map(([name, [path, selector, prepare]]) => [
  `accessibility: ${name}`,
  async (_, base, browser) => {
    for (const dark of [false, true]) {
      for (const width of [1280, 320]) {
        const { page, close } = await openPage(browser, { dark, width });
        await page.goto(base + path);
        await page.waitForSelector(selector);
        if (prepare && width > 320) await prepare(page);
        await assertAccessible(page, `${dark ? 'dark' : 'light'} ${width}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (overflow > 0) throw new Error(`${width}: the page is ${overflow} px too wide`);
        await close();
      }
    }
  },
]));
