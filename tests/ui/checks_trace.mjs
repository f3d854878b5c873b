// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ids } from './fixtures.mjs';

export async function openTrace(page, base, id, query = '') {
  await page.goto(`${base}trace/${id}${query}`);
  await page.waitForSelector('.wf-row');
}

const rows = (page) => page.locator('.wf-row:visible');
const activeLabel = (page) => page.evaluate(() => document.activeElement.getAttribute('aria-label'));

/** What the trace page must do. */
export const traceChecks = {
  async 'trace: says where the time went'(page, base) {
    await openTrace(page, base, ids.order);
    assert.match(await page.locator('.headline').innerText(), /53 %\s+in postgresql SELECT orders\s*80 ms of 150 ms/);
    await page.getByRole('button', { name: 'Service', exact: true }).click();
    await page.waitForFunction(() => document.querySelectorAll('.share').length <= 7);
    await page.locator('.share').first().click();
    assert.match(await page.locator('.detail h2').innerText(), /orders/);
  },

  async 'trace: shows every span and the figures'(page, base) {
    await openTrace(page, base, ids.failed);
    assert.equal(await rows(page).count(), 16);
    assert.match(await page.locator('.figures').innerText(), /Spans\s+16/);
    assert.match(await page.locator('.figures').innerText(), /Errors\s+5/);
    assert.equal(await page.locator('.wf-row.error:visible').count(), 5);
  },

  async 'trace: ids in any spelling, and ids that are none'(page, base) {
    await openTrace(page, base, ids.order.toUpperCase());
    await page.waitForURL(`**/trace/${ids.order}`);
    await page.goto(`${base}trace/nonsense!`);
    await page.waitForSelector('text=is not a trace id');
    await page.goto(`${base}trace/abc123`);
    await page.waitForSelector('text=No such trace');
    await page.goto(`${base}nowhere`);
    await page.waitForSelector('text=The trail ends here');
  },

  async 'trace: the box in the top bar jumps to a trace'(page, base) {
    await page.goto(`${base}search`);
    await page.getByLabel('Trace ID').fill('what?');
    await page.getByLabel('Trace ID').press('Enter');
    await page.waitForSelector('text=Not a trace id');
    await page.getByLabel('Trace ID').fill(`00-${ids.order}-00f067aa0ba902b7-01`);
    await page.getByLabel('Trace ID').press('Enter');
    await page.waitForURL(`**/trace/${ids.order}`);
    await page.waitForSelector('.wf-row');
  },

  async 'trace: marks an incomplete trace and its orphan'(page, base) {
    await openTrace(page, base, ids.broken);
    await page.waitForSelector('.trace-header .badge');
    assert.equal(await page.locator('.wf-target.orphan:visible').count(), 2);
  },

  async 'trace: the panel shows what a span carries'(page, base) {
    await openTrace(page, base, ids.failed);
    await page.locator('.wf-row:has-text("payments")').last().click();
    const panel = page.locator('.detail');
    await panel.getByText('card declined').waitFor();
    await panel.getByText('insufficient funds').waitFor();
    await panel.getByText('deployment.environment').waitFor();
    assert.match(await panel.locator('.facts').innerText(), /28 ms/);
    await page.waitForURL(/span=[0-9a-f]{16}/);
    const link = page.url();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.goto(link);
    await panel.getByText('card declined').waitFor();
  },

  async 'trace: finds in names and attributes, counts, and goes round'(page, base) {
    await openTrace(page, base, ids.order);
    await page.keyboard.press('/');
    await page.keyboard.type('kafka');
    await page.waitForFunction(() => document.querySelector('#find-count').textContent === '2');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#find-count').textContent === '1 of 2');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#find-count').textContent === '2 of 2');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#find-count').textContent === '1 of 2');
    await page.waitForURL(/uiFind=kafka/);
    assert.equal(await page.locator('.wf-row.match:visible').count(), 2);
  },

  async 'trace: uiFind with a span id opens that span'(page, base) {
    await openTrace(page, base, ids.order);
    await page.locator('.wf-row').nth(7).click();
    await page.waitForURL(/span=/);
    const span = new URL(page.url()).searchParams.get('span');
    await openTrace(page, base, ids.order, `?uiFind=${span}`);
    await page.locator('.detail').getByText(span).waitFor();
  },

  async 'trace: filters keep ancestors and say how many are hidden'(page, base) {
    await openTrace(page, base, ids.failed);
    await page.getByRole('button', { name: /^Errors/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('.wf-row:not([hidden])').length === 5);
    assert.match(await page.locator('.hidden-note').innerText(), /11 spans hidden/);
    await page.waitForURL(/show=errors/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.wf-row:not([hidden])').length === 16);
  },

  async 'trace: everything works from the keyboard'(page, base) {
    await openTrace(page, base, ids.failed);
    await page.locator('.wf-row[tabindex="0"]').focus();
    assert.match(await activeLabel(page), /^gateway, POST \/api\/orders, server, 210 ms, starts 0 µs, error, on the critical path$/);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-level') === '2');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-expanded') === 'false');
    assert.equal(await rows(page).count(), 14);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-expanded') === 'true');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-level') === '1');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelectorAll('.wf-row:not([hidden])').length === 1);
    await page.keyboard.press(']');
    await page.waitForFunction(() => document.querySelectorAll('.wf-row:not([hidden])').length === 16);
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-rowindex') === '16');
    await page.keyboard.press('Home');
    await page.keyboard.press('e');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-rowindex') === '5');
    await page.keyboard.press('Enter');
    await page.locator('.detail').getByText('upstream answered 500').waitFor();
    await page.keyboard.press('z');
    await page.waitForURL(/zoom=\d+-\d+/);
    await page.keyboard.press('0');
    await page.waitForFunction(() => !location.search.includes('zoom='));
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
  },

  async 'trace: dragging on the minimap and the ruler zooms'(page, base) {
    await openTrace(page, base, ids.order);
    for (const [element, from, to] of [['.minimap', 0.2, 0.6], ['.wf-ruler', 0.3, 0.5]]) {
      const before = page.url();
      const box = await page.locator(element).boundingBox();
      await page.mouse.move(box.x + box.width * from, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, box.y + 12, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction((url) => location.href !== url, before);
    }
    const [from, to] = new URL(page.url()).searchParams.get('zoom').split('-').map(Number);
    assert.ok(to - from > 5000 && to - from < 40_000, `${from}-${to}`);
    await page.getByRole('button', { name: 'Whole trace' }).click();
    await page.waitForFunction(() => !location.search.includes('zoom='));
  },

  async 'trace: theme and time zone are remembered'(page, base) {
    await openTrace(page, base, ids.order);
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('button', { name: /^Times are local/ }).click();
    await page.reload();
    await page.waitForSelector('.wf-row');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    assert.match(await page.locator('.figures time').innerText(), /UTC$/);
  },

  async 'trace: a failure can be tried again'(page, base) {
    await page.route('**/api/traces/*', (route) => route.fulfill({ status: 500, body: '{"data":null,"errors":[{"code":500,"msg":"disk on fire"}]}' }));
    await page.goto(`${base}trace/${ids.order}`);
    await page.waitForSelector('text=disk on fire');
    await page.unroute('**/api/traces/*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('.wf-row');
  },
};
