// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

// The page may live under any prefix, so every built address is relative: index.html carries a <base>
// that the server rewrites, and chunks find each other by import.meta.url. Nothing is inlined, because the
// content security policy forbids inline script and style.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    assetsDir: 'static',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://localhost:16686' } },
  // No test asserts a time: the limit only ends what hangs, also on a busy machine.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 120_000 },
});
