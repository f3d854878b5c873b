// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ids } from './fixtures.mjs';
import { openTrace } from './checks_trace.mjs';

const kMostNodes = 3000;

/** Scrolls by `step` pixels a frame for a while; returns frames a second and the longest frame and task. */
function scrollFor(page, step, ms) {
  return page.evaluate(async ([pixels, duration]) => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: 'longtask' });
    const scroll = document.querySelector('.wf-scroll');
    const gaps = [];
    let before = performance.now();
    const end = before + duration;
    while (before < end) {
      const now = await new Promise((resolve) => requestAnimationFrame(resolve));
      gaps.push(now - before);
      before = now;
      scroll.scrollTop = (scroll.scrollTop + pixels) % (scroll.scrollHeight - 1000);
    }
    observer.disconnect();
    gaps.sort((a, b) => a - b);
    return {
      fps: Math.round((gaps.length / duration) * 1000), worstFrameMs: Math.round(gaps.at(-1)), p99FrameMs: Math.round(gaps[Math.floor(gaps.length * 0.99)]),
      longestTaskMs: Math.round(Math.max(0, ...tasks)), longTasks: tasks.length, frames: gaps.length, nodes: document.querySelectorAll('*').length,
    };
  }, [step, ms]);
}

/** Traces of 50 000 and 70 000 spans; what was measured goes into `figures`. */
export const largeTraceChecks = (figures) => ({
  // How smoothly is reported, not judged: it is the machine's load as much as the page's work.
  async 'large: 50 000 spans stay few in the DOM while they scroll'(page, base) {
    const startedAt = performance.now();
    await openTrace(page, base, ids.large);
    figures.firstRowsMs = Math.round(performance.now() - startedAt);
    figures.scroll = await scrollFor(page, 120, 3000);
    figures.flip = await scrollFor(page, 2000, 3000);
    for (const one of [figures.scroll, figures.flip]) {
      assert.ok(one.frames > 1 && one.nodes < kMostNodes, JSON.stringify(one));
    }
  },

  async 'large: the keyboard reaches the last of 50 000 rows, and find and folding work'(page, base) {
    await openTrace(page, base, ids.large);
    await page.locator('.wf-row[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-rowindex') === '50000');
    await page.keyboard.press('[');
    await page.waitForFunction(() => Number(document.querySelector('.wf-scroll').getAttribute('aria-rowcount')) < 5000);
    await page.keyboard.press(']');
    await page.waitForFunction(() => document.querySelector('.wf-scroll').getAttribute('aria-rowcount') === '50000');
    const startedAt = performance.now();
    await page.getByLabel('Find spans').fill('/items/42');
    await page.waitForFunction(() => /^\d+$/.test(document.querySelector('#find-count').textContent));
    figures.findMs = Math.round(performance.now() - startedAt);
    const count = Number(await page.locator('#find-count').innerText());
    assert.ok(count > 400 && count < 700, String(count));
  },

  async 'large: focus survives its row being scrolled away'(page, base) {
    await openTrace(page, base, ids.large);
    await page.locator('.wf-row[tabindex="0"]').focus();
    await page.evaluate(() => { document.querySelector('.wf-scroll').scrollTop = 500_000; });
    await page.waitForFunction(() => document.activeElement.classList.contains('wf-scroll'));
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-rowindex') === '2');
  },

  async 'large: a chain of 70 000 spans opens'(page, base) {
    await openTrace(page, base, ids.deep);
    await page.locator('.wf-row[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-level') === '70000');
    await page.keyboard.press('p');
    await page.waitForFunction(() => document.querySelector('.wf-scroll').getAttribute('aria-rowcount') === '69999');
  },
});
