// SPDX-License-Identifier: Apache-2.0
//
// Runs the traced service of shop.cc with a configuration.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { cleanEnvironment } from "../harness.mjs";

let configurations = 0;

/** Starts it; `telemetry` is the block, by key. Resolves at once to {child, output, result()}. */
export function start(folder, telemetry, args = [], env = {}) {
  const path = join(folder, `shop-${configurations++}.yaml`);
  const lines = Object.entries(telemetry).map(([key, value]) => `  ${key}: ${value}`);
  writeFileSync(path, ["Name: shop", "Telemetry:", ...lines, ""].join("\n"));
  const child = spawn(process.env.CAIRN_SHOP, [path, ...args], { env: cleanEnvironment(env) });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => (output.stdout += bytes));
  child.stderr.on("data", (bytes) => (output.stderr += bytes));
  const ended = once(child, "close");
  return {
    child,
    output,
    /** Waits for the end; what it printed last, with its exit code. */
    async result() {
      const [code] = await ended;
      const last = output.stdout.trim().split("\n").at(-1);
      return { code, log: output.stderr, ...(last?.startsWith("{") ? JSON.parse(last) : {}) };
    },
  };
}

export const run = (...args) => start(...args).result();
