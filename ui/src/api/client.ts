// SPDX-License-Identifier: Apache-2.0
//
// The one way to the server. Addresses are relative to the page's <base>, so any prefix works.

/** A request that failed; `status` is 0 when no answer came. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** The absolute address of an API path such as "api/services". */
export function apiUrl(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** Fetches JSON. Errors: ApiError with the server's own message; AbortError passes through. */
export async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The server cannot be reached.');
  }
  if (!response.ok) throw new ApiError(response.status, await errorMessage(response));
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(response.status, 'The answer was not JSON. Is a proxy in between?');
  }
}

async function errorMessage(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    // Jaeger's envelope, or our own API's.
    const body = JSON.parse(text) as { errors?: { msg?: string }[] | null; error?: { message?: string } };
    const message = body.errors?.[0]?.msg ?? body.error?.message;
    if (message) return message;
  } catch {
    // Not an envelope: a proxy's page, or plain text.
  }
  const line = text.trim().split('\n', 1)[0];
  return line !== '' && line.length < 200 && !line.startsWith('<') ? line : `The server answered ${response.status}.`;
}
