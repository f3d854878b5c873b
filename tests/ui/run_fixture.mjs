// SPDX-License-Identifier: Apache-2.0
//
// Runs the page checks against the fixture server: at the root, and the search checks again below a prefix.
//
//   node run_fixture.mjs [dist] [arguments of pages.mjs]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.argv[2] ?? join(here, '../../ui/dist');

async function check(base, more) {
  const server = spawn(process.execPath, [join(here, 'serve_fixture.mjs'), '--dist', dist, '--base', base], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(server.stdout, 'data');
    const url = String(line).trim().split(' ')[1];
    const checks = spawn(process.execPath, [join(here, 'pages.mjs'), url, ...more], { stdio: 'inherit' });
    const [code] = await once(checks, 'exit');
    return code;
  } finally {
    server.kill();
  }
}

const atRoot = await check('/', process.argv.slice(3));
const below = await check('/some/prefix/', ['--only', 'search:']);
process.exitCode = atRoot || below ? 1 : 0;
