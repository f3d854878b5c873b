// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { traceJsonUrl } from '../../api/trace_source';
import { isDark, usePreferences } from '../../app/preferences';
import { CopyButton } from '../../components/copy_button';
import { ErrorMark } from '../../components/icons';
import { ServiceDot } from '../../components/service_dot';
import { formatDuration } from '../../model/duration';
import { formatInstant } from '../../model/time';
import type { Trace } from '../../model/trace';

/** Service and name of the trace's root. */
export function rootTitle(trace: Trace): { service: string; name: string } {
  const root = trace.mainRoot;
  if (root === -1) return { service: 'Empty trace', name: '' };
  return { service: trace.services[trace.service[root]], name: trace.names[trace.name[root]] };
}

/** What trace this is, and its figures. */
export function TraceHeader({ trace }: { trace: Trace }): JSX.Element {
  const { zone } = usePreferences();
  const { service, name } = rootTitle(trace);
  return (
    <header class="trace-header">
      <h1>
        <ServiceDot service={service} dark={isDark()} />
        <span><b>{service}</b> {name}</span>
        {trace.orphanCount > 0 && (
          <span class="badge" title={`${trace.orphanCount} spans name a parent that has not arrived`}>incomplete</span>
        )}
      </h1>
      <p class="trace-id"><code title={trace.traceId}>{trace.traceId}</code><CopyButton text={trace.traceId} label="Copy the trace id" />
        <a href={traceJsonUrl(trace.traceId)} target="_blank" rel="noopener" title="The trace as JSON">JSON</a></p>
      <dl class="figures">
        <Figure name="Start"><time dateTime={new Date(trace.startUs / 1000).toISOString()}>{formatInstant(trace.startUs, zone)}</time></Figure>
        <Figure name="Duration">{formatDuration(trace.durationUs)}</Figure>
        <Figure name="Services">{String(trace.services.length)}</Figure>
        <Figure name="Depth">{String(trace.maxDepth)}</Figure>
        <Figure name="Spans">{trace.count.toLocaleString('en')}</Figure>
        <Figure name="Errors">
          {trace.errorCount > 0
            ? <span class="error-text"><ErrorMark />{trace.errorCount.toLocaleString('en')}</span> : '0'}
        </Figure>
      </dl>
    </header>
  );
}

function Figure(props: { name: string; children: JSX.Element | string }): JSX.Element {
  return <div><dt>{props.name}</dt><dd>{props.children}</dd></div>;
}
