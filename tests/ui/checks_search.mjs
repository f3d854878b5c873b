// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ids } from './fixtures.mjs';

const items = (page) => page.locator('.trace-item');
const settled = (page) => page.waitForSelector('.trace-item, .notice, .first-trace');

async function chooseService(page, name) {
  await page.getByLabel('Service', { exact: true }).fill(name);
  await page.getByLabel('Service', { exact: true }).press('Escape');
}

/** What the search page must do. */
export const searchChecks = {
  async 'search: the start page searches all services'(page, base) {
    await page.goto(base);
    await settled(page);
    assert.equal(new URL(page.url()).pathname, `${new URL(base).pathname}search`);
    assert.equal(await items(page).count(), 20);
    assert.match(await page.locator('.results h1').innerText(), /20\+ traces/);
    assert.match(await page.locator('.results-head small').innerText(), /in \d+ ms/);
  },

  async 'search: the form writes the address, back and forward follow it'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await chooseService(page, 'payments');
    await page.getByLabel('Tags').fill('error=true');
    await page.getByLabel('Longer than').fill('1ms');
    await page.getByRole('button', { name: 'Find traces' }).click();
    await page.waitForURL(/service=payments/);
    await page.waitForFunction(() => {
      const shown = document.querySelectorAll('.trace-item').length;
      return shown > 0 && shown === document.querySelectorAll('.trace-item.failed').length;
    });
    const params = new URL(page.url()).searchParams;
    assert.deepEqual([params.get('service'), params.get('tags'), params.get('minDuration'), params.get('lookback')],
      ['payments', '{"error":"true"}', '1ms', '1h']);
    const found = await items(page).count();
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('.trace-item').length === 20);
    assert.equal(await page.getByLabel('Service', { exact: true }).inputValue(), '');
    await page.goForward();
    await page.waitForFunction((n) => document.querySelectorAll('.trace-item').length === n, found);
    assert.equal(await page.getByLabel('Tags').inputValue(), 'error=true');
  },

  async 'search: the combobox filters and chooses by keyboard'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    const box = page.getByLabel('Service', { exact: true });
    await box.click();
    await box.pressSequentially('pay');
    await page.waitForSelector('[role=option]');
    assert.deepEqual(await page.locator('[role=option]').allInnerTexts(), ['payments']);
    await box.press('Enter');
    assert.equal(await box.inputValue(), 'payments');
    await page.getByLabel('Operation', { exact: true }).click();
    await page.waitForSelector('[role=option]:has-text("POST /charge")');
  },

  async 'search: a legacy link with lookback and tag works'(page, base) {
    await page.goto(`${base}search?service=gateway&lookback=1h&tag=error:true&limit=5`);
    await settled(page);
    assert.equal(await page.getByLabel('Tags').inputValue(), 'error=true');
    assert.ok(await items(page).count() <= 5);
    assert.equal(await page.locator('.trace-item:not(.failed)').count(), 0);
  },

  async 'search: sorting by duration asks the server and is in the address'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await page.getByLabel('Sort').selectOption('longest');
    await page.waitForURL(/sort=longest/);
    await page.waitForFunction(() => {
      const widths = [...document.querySelectorAll('.trace-bar i')].map((bar) => parseFloat(bar.style.width));
      return widths.length === 20 && widths[0] === 100 && widths.every((width, i) => i === 0 || width <= widths[i - 1]);
    });
  },

  async 'search: more traces are loaded after the first'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.trace-item').length === 40);
    const hrefs = await page.locator('.trace-title a').evaluateAll((links) => links.map((link) => link.href));
    assert.equal(new Set(hrefs).size, 40);
  },

  async 'search: a result opens its trace and back returns'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await page.locator(`a[href$="${ids.order}"]`).click();
    await page.waitForSelector('.wf-row');
    assert.match(await page.locator('.trace-header h1').innerText(), /gateway POST \/api\/orders/);
    await page.goBack();
    await page.waitForSelector('.trace-item');
  },

  async 'search: a dot of the scatter opens its trace'(page, base) {
    await page.goto(`${base}search?service=mailer`);
    await settled(page);
    const canvas = page.locator('.scatter canvas');
    const box = await canvas.boundingBox();
    for (let x = box.width - 20; x > 60; x -= 6) {
      for (let y = 10; y < box.height - 20; y += 12) {
        await page.mouse.move(box.x + x, box.y + y);
        if (await page.locator('.tip').count() === 0) continue;
        await page.mouse.click(box.x + x, box.y + y);
        await page.waitForSelector('.wf-row');
        return;
      }
    }
    assert.fail('no dot was found');
  },

  async 'search: tags that cannot be read are refused where they stand'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await page.getByLabel('Tags').fill('a="open');
    await page.waitForSelector('#tags-wrong');
    await page.getByRole('button', { name: 'Find traces' }).click();
    assert.equal(new URL(page.url()).search, '');
  },

  async 'search: nothing found, a failure and a slow answer each say so'(page, base) {
    await page.goto(`${base}search?minDuration=1h`);
    await page.waitForSelector('text=No traces match');
    await page.route('**/api/cairn/v1/search*', (route) => route.fulfill({ status: 503, body: '{"error":{"code":503,"message":"the store is full"}}' }));
    await page.goto(`${base}search`);
    await page.waitForSelector('text=the store is full');
    await page.unroute('**/api/cairn/v1/search*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('.trace-item');
    await page.route('**/api/cairn/v1/search*', () => undefined);
    await page.goto(`${base}search`);
    await page.waitForSelector('.skeleton');
  },

  async 'search: a fresh installation says how to send a trace'(page, base) {
    await page.route('**/api/services', (route) => route.fulfill({ json: { data: [], total: 0, errors: null } }));
    await page.route('**/api/cairn/v1/search*', (route) => route.fulfill({ json: { traces: [], next: null, partial: null } }));
    await page.goto(`${base}search`);
    await page.waitForSelector('text=No traces yet');
    assert.match(await page.locator('pre').innerText(), /:4318\/v1\/traces/);
  },

  async 'search: a chosen range keeps microseconds in the address, in either zone'(page, base) {
    await page.goto(`${base}search`);
    await settled(page);
    await page.getByLabel('Time', { exact: true }).selectOption('custom');
    const local = await page.getByLabel('From (local time)').inputValue();
    await page.getByRole('button', { name: /^Times are local/ }).click();
    const utc = await page.getByLabel('From (UTC)').inputValue();
    assert.equal(Date.parse(`${local}Z`) - Date.parse(`${utc}Z`), 3600_000); // the page runs in Berlin, in winter
    await page.getByRole('button', { name: 'Find traces' }).click();
    await page.waitForURL(/lookback=custom/);
    const params = new URL(page.url()).searchParams;
    assert.equal(params.get('end') - params.get('start'), 3600e6);
  },
};
