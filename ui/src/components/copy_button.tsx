// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icons';

/** Copies a text. Without a clipboard (plain http from afar) it says so. */
export function CopyButton(props: { text: string; label: string; icon?: 'copy' | 'link' }): JSX.Element {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.text);
      setSaid('Copied');
    } catch {
      setSaid('The browser forbids copying here');
    }
  };
  return (
    <span class="copy">
      <button type="button" class="quiet icon-button" onClick={() => void copy()} onBlur={() => setSaid('')}
        aria-label={props.label} title={props.label}><Icon name={props.icon ?? 'copy'} /></button>
      <span class="copy-said" role="status">{said}</span>
    </span>
  );
}
