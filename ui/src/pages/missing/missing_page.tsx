// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { hrefTo } from '../../app/router';

/** What an address without a page shows. */
export function MissingPage({ what }: { what: string }): JSX.Element {
  useEffect(() => {
    document.title = 'Not found · Cairn';
  }, []);
  return (
    <section class="notice">
      <h1>The trail ends here</h1>
      <p>{what}</p>
      <p><a class="button" href={hrefTo('search')} data-inside>Search traces</a></p>
    </section>
  );
}
