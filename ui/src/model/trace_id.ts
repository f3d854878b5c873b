// SPDX-License-Identifier: Apache-2.0

/**
 * A trace id as addresses and headers carry it, made canonical: lower case, 32 digits, or 16 when the high
 * half is zero, as Jaeger writes it. Accepts any case, missing leading zeros, dashes (UUID), a W3C
 * traceparent, and surrounding space. Null when the text is no trace id.
 */
export function normaliseTraceId(text: string): string | null {
  const trimmed = text.trim().toLowerCase();
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(trimmed);
  const hex = parent ? parent[1] : trimmed.replace(/^0x/, '').replace(/-/g, '');
  if (!/^[0-9a-f]{1,32}$/.test(hex) || /^0+$/.test(hex)) return null;
  const digits = hex.replace(/^0+/, '');
  return digits.padStart(digits.length > 16 ? 32 : 16, '0');
}

/** The first eight digits that tell traces apart: leading zeros of a short id are skipped. */
export function shortTraceId(traceId: string): string {
  return traceId.slice(0, 8);
}
