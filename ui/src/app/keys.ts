// SPDX-License-Identifier: Apache-2.0
//
// Single-key shortcuts. They never fire while something is being typed, nor with a modifier held, and the reader
// can switch off those that are printable characters (speech input types them by accident).

import { preferences } from './preferences';

type Handler = (event: KeyboardEvent) => void;

const handlers = new Map<string, Handler[]>();

/** Binds a key (`KeyboardEvent.key`); the latest binding wins. Returns the way to unbind. */
export function onKey(key: string, handler: Handler): () => void {
  const list = handlers.get(key) ?? [];
  list.push(handler);
  handlers.set(key, list);
  return () => void list.splice(list.indexOf(handler), 1);
}

function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null;
  return element !== null && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName));
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1 && !preferences().letters) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const handler = handlers.get(event.key)?.at(-1);
  if (!handler) return;
  event.preventDefault();
  handler(event);
});
