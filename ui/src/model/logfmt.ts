// SPDX-License-Identifier: Apache-2.0
//
// Tags as typed in a form: `http.status_code=200 error=true msg="not found"`. A key without "=" means true.

export type Tags = Record<string, string>;

/** The tags, or what is wrong with the text. Later keys win. Empty text is no tags. */
export function parseLogfmt(text: string): { tags: Tags } | { error: string } {
  const tags: Tags = {};
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text[at])) at++;
    if (at === text.length) return { tags };
    const key = readWord(text, at, true);
    if ('error' in key) return key;
    if (key.word === '') return { error: `a key is missing before "=" at column ${at + 1}` };
    at = key.end;
    if (text[at] !== '=') {
      tags[key.word] = 'true';
      continue;
    }
    const value = readWord(text, at + 1, false);
    if ('error' in value) return value;
    tags[key.word] = value.word;
    at = value.end;
  }
}

/** The inverse of parseLogfmt; quotes what needs quotes. */
export function formatLogfmt(tags: Tags): string {
  return Object.entries(tags).map(([key, value]) => `${quote(key, true)}=${quote(value, false)}`).join(' ');
}

function quote(text: string, isKey: boolean): string {
  if (text !== '' && !/[\s"\\]/.test(text) && !(isKey && text.includes('='))) return text;
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

type Word = { word: string; end: number } | { error: string };

function readWord(text: string, from: number, isKey: boolean): Word {
  let at = from;
  if (text[at] !== '"') {
    while (at < text.length && !/\s/.test(text[at]) && !(isKey && text[at] === '=')) at++;
    return { word: text.slice(from, at), end: at };
  }
  let word = '';
  for (at++; at < text.length; at++) {
    if (text[at] === '"') return { word, end: at + 1 };
    if (text[at] === '\\' && at + 1 < text.length) {
      at++;
      word += text[at] === 'n' ? '\n' : text[at];
    } else {
      word += text[at];
    }
  }
  return { error: `the quote opened at column ${from + 1} is not closed` };
}
