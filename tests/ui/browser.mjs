// SPDX-License-Identifier: Apache-2.0
//
// A browser for the page checks, and the small things every check needs.

import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], { encoding: 'utf8' }).trim();
}

/** Launches the browser; close() it. The sandbox is off since checks run in containers and visit only our own server. */
export function launch() {
  return chromium.launch({
    executablePath: findChromium(),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/**
 * A page in a fresh profile. `problems` collects console errors and policy violations as they happen; answers with an
 * error status that a check provokes are expected and left out.
 */
export async function openPage(browser, { width = 1280, height = 800, dark = false, reducedMotion = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    timezoneId: 'Europe/Berlin', locale: 'en-GB',
  });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { page, problems, close: () => context.close() };
}
