// SPDX-License-Identifier: Apache-2.0
//
// Runs the page checks against the real binary ($CAIRN_BINARY), filled with the fixture traces.
//
//   node run_server.mjs [arguments of pages.mjs]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from '../harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));

async function node(...args) {
  const child = spawn(process.execPath, args, { cwd: here, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code;
}

const server = await Server.start();
try {
  const seeded = await node('seed.mjs', server.url('otlp_http', ''));
  process.exitCode = seeded || (await node('pages.mjs', server.url('query'), ...process.argv.slice(2)));
} finally {
  await server.stop();
}
