// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { TraceView } from './trace_view';

/** Renders the caller again when what `pick` returns has changed. */
export function useView<T>(view: TraceView, pick: (view: TraceView) => T): T {
  const [value, setValue] = useState(() => pick(view));
  useEffect(() => {
    const follow = () => setValue(() => pick(view));
    follow();
    return view.subscribe(follow);
  }, [view]);
  return value;
}
