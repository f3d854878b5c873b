// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { isDark, setPreferences, usePreferences } from '../../app/preferences';
import { Icon } from '../../components/icons';
import { ServiceDot } from '../../components/service_dot';
import { breakdown, type BreakdownBy, type Share } from '../../model/breakdown';
import { serviceColour } from '../../model/colour';
import { formatDuration, formatShare } from '../../model/duration';
import type { TraceView } from './trace_view';

const kMostShown = 6;
const kMostListed = 200;
const kMostSegments = 60;

/** Where the time went: the critical path as a sentence, a bar, and the largest shares. */
export function TimeSummary({ view }: { view: TraceView }): JSX.Element | null {
  const { summaryOpen } = usePreferences();
  const [by, setBy] = useState<BreakdownBy>('operation');
  const [all, setAll] = useState(false);
  const shares = useMemo(() => breakdown(view.trace, by), [view, by]);
  const dark = isDark();
  if (shares.length === 0) return null;
  const total = view.trace.duration[view.trace.mainRoot];
  const shown = shares.slice(0, all ? kMostListed : kMostShown);
  const segments = shares.slice(0, kMostSegments);
  const rest = shares.slice(kMostSegments).reduce((sum, share) => sum + share.share, 0);

  return (
    <section class="time-summary" aria-label="Where the time went">
      <header>
        <button type="button" class="quiet summary-toggle" aria-expanded={summaryOpen} onClick={() => setPreferences({ summaryOpen: !summaryOpen })}>
          <Icon name={summaryOpen ? 'down' : 'right'} />
          <span class="summary-title">Where the time went</span>
        </button>
        <p class="headline"><Headline share={shares[0]} total={total} /></p>
        {summaryOpen && (
          <div class="segmented" role="group" aria-label="Divide by">
            <button type="button" class="quiet" aria-pressed={by === 'operation'} onClick={() => setBy('operation')}>Operation</button>
            <button type="button" class="quiet" aria-pressed={by === 'service'} onClick={() => setBy('service')}>Service</button>
          </div>
        )}
      </header>
      {summaryOpen && (
        <>
          <div class="share-bar" aria-hidden="true">
            {segments.map((share) => (
              <i key={keyOf(share)} title={`${share.who} ${share.what}`}
                style={{ flexGrow: share.share, background: serviceColour(share.service, dark) }} />
            ))}
            {rest > 0 && <i class="rest" style={{ flexGrow: rest }} />}
          </div>
          <ol class="shares">
            {shown.map((share) => <ShareItem key={keyOf(share)} share={share} dark={dark} view={view} />)}
            {shares.length > kMostShown && (
              <li><button type="button" class="quiet share-more" onClick={() => setAll(!all)}>
                {all ? 'Show fewer' : `${shares.length - kMostShown} more, ${formatDuration(restOf(shares))}`}
              </button></li>
            )}
          </ol>
        </>
      )}
    </section>
  );
}

function keyOf(share: Share): string {
  return `${share.service}\n${share.who}\n${share.what}`;
}

function restOf(shares: readonly Share[]): number {
  return shares.slice(kMostShown).reduce((sum, share) => sum + share.timeUs, 0);
}

function Headline({ share, total }: { share: Share; total: number }): JSX.Element {
  return (
    <>
      <b>{formatShare(share.share)}</b>
      {' in '}
      <strong>{share.who}</strong>
      {share.what && ` ${share.what}`}
      <small>{`${formatDuration(share.timeUs)} of ${formatDuration(total)}`}</small>
    </>
  );
}

function ShareItem({ share, dark, view }: { share: Share; dark: boolean; view: TraceView }): JSX.Element {
  const via = share.who === share.service ? '' : ` called by ${share.service}`;
  return (
    <li>
      <button type="button" class="quiet share" onClick={() => view.select(share.longest, true)}
        title={`${share.who} ${share.what}${via}: ${share.spans} ${share.spans === 1 ? 'span' : 'spans'} on the critical path. Show the longest.`}>
        <ServiceDot service={share.service} dark={dark} />
        <span class="share-name"><b>{share.who}</b>{share.what && ` ${share.what}`}</span>
        <span class="share-figures"><b>{formatShare(share.share)}</b><small>{formatDuration(share.timeUs)}</small></span>
      </button>
    </li>
  );
}
