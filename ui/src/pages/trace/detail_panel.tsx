// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TraceSource } from '../../api/trace_source';
import { isDark } from '../../app/preferences';
import { hrefTo } from '../../app/router';
import { CopyButton } from '../../components/copy_button';
import { ErrorMark, Icon } from '../../components/icons';
import { ServiceDot } from '../../components/service_dot';
import { formatDuration, formatShare } from '../../model/duration';
import { Flag, kindNames, spanIdAt, type Attribute, type SpanDetail, type Trace } from '../../model/trace';
import type { TraceView } from './trace_view';
import { useView } from './use_view';

/** The details of the selected span: a panel at the side, a sheet at the bottom of a narrow screen. */
export function DetailPanel({ view, source }: { view: TraceView; source: TraceSource }): JSX.Element | null {
  const span = useView(view, (v) => v.selected);
  const [detail, setDetail] = useState<{ span: number; detail: SpanDetail } | null>(null);
  useEffect(() => {
    let current = true;
    if (span !== -1) void source.detail(span).then((found) => current && setDetail({ span, detail: found }));
    return () => {
      current = false;
    };
  }, [span, source]);
  if (span === -1) return null;
  const { trace } = view;
  const service = trace.services[trace.service[span]];
  return (
    <aside class="detail" aria-label="Span details">
      <header>
        <h2>
          <ServiceDot service={service} dark={isDark()} />
          <span><b>{service}</b> {trace.names[trace.name[span]]}</span>
        </h2>
        <CopyButton text={spanLink(trace, span)} label="Copy a link to this span" icon="link" />
        <button type="button" class="quiet icon-button" onClick={() => { view.select(-1); view.takeFocus(); }} aria-label="Close details" title="Close (Esc)"><Icon name="close" /></button>
      </header>
      <div class="detail-body" tabIndex={0} role="group" aria-label="Facts and attributes">
        <Facts trace={trace} span={span} />
        {detail?.span === span && <Sections detail={detail.detail} trace={trace} span={span} view={view} />}
      </div>
    </aside>
  );
}

function spanLink(trace: Trace, span: number): string {
  const path = hrefTo(`trace/${trace.traceId}`, new URLSearchParams({ uiFind: spanIdAt(trace, span) }));
  return new URL(path, location.href).href;
}

function Facts({ trace, span }: { trace: Trace; span: number }): JSX.Element {
  const duration = trace.duration[span];
  const whole = trace.durationUs || 1;
  const critical = trace.critical[span];
  return (
    <dl class="facts">
      <div><dt>Duration</dt><dd><b>{formatDuration(duration)}</b><small>{`${formatShare(duration / whole)} of the trace`}</small></dd></div>
      <div><dt>Self time</dt><dd><b>{formatDuration(trace.self[span])}</b><small>{duration > 0 ? `${formatShare(trace.self[span] / duration)} of the span` : ''}</small></dd></div>
      <div><dt>Starts at</dt><dd><b>{formatDuration(trace.start[span])}</b><small>after the trace began</small></dd></div>
      <div><dt>Critical path</dt><dd>
        {critical > 0
          ? <><b class="trail-text">{formatDuration(critical)}</b><small>{`${formatShare(critical / (trace.duration[trace.mainRoot] || 1))} of it`}</small></>
          : <small>not on it</small>}
      </dd></div>
    </dl>
  );
}

interface SectionsProps {
  detail: SpanDetail;
  trace: Trace;
  span: number;
  view: TraceView;
}

function Sections({ detail, trace, span, view }: SectionsProps): JSX.Element {
  const failed = (trace.flags[span] & Flag.error) !== 0;
  return (
    <>
      {failed && (
        <p class="detail-error"><ErrorMark />{detail.statusMessage || 'This span failed.'}</p>
      )}
      {(trace.flags[span] & Flag.orphan) !== 0 && (
        <p class="detail-warning">{`Its parent ${detail.parentSpanId} has not arrived.`}</p>
      )}
      {detail.warnings.map((warning) => <p key={warning} class="detail-warning">{warning}</p>)}
      <Section title="Attributes" count={detail.attributes.length}><Attributes list={detail.attributes} /></Section>
      <Section title="Events" count={detail.events.length}><Events detail={detail} spanStart={trace.start[span]} /></Section>
      <Section title="Resource" count={detail.resource.length}><Attributes list={detail.resource} /></Section>
      <Section title="Links" count={detail.links.length}><Links detail={detail} /></Section>
      <Identity detail={detail} trace={trace} span={span} view={view} />
    </>
  );
}

function Section(props: { title: string; count: number; children: JSX.Element }): JSX.Element | null {
  if (props.count === 0) return null;
  return (
    <details open>
      <summary><h3>{props.title}</h3><small>{props.count}</small></summary>
      {props.children}
    </details>
  );
}

function Attributes({ list }: { list: readonly Attribute[] }): JSX.Element {
  return (
    <dl class="attributes">
      {list.map((attribute, i) => (
        <div key={i}>
          <dt>{attribute.key}</dt>
          <dd class={`type-${attribute.type}`}>{pretty(attribute.value)}<CopyButton text={attribute.value} label={`Copy ${attribute.key}`} /></dd>
        </div>
      ))}
    </dl>
  );
}

const kLongestJson = 20_000;

// A value that is JSON is easier to read spread out.
function pretty(value: string): JSX.Element | string {
  if (!/^[[{]/.test(value) || value.length > kLongestJson) return value;
  try {
    return <pre>{JSON.stringify(JSON.parse(value), null, 2)}</pre>;
  } catch {
    return value;
  }
}

function Events({ detail, spanStart }: { detail: SpanDetail; spanStart: number }): JSX.Element {
  return (
    <ol class="events">
      {detail.events.map((event, i) => (
        <li key={i}>
          <p><b>{event.name}</b><small title="After the span began; after the trace began">
            {`+${formatDuration(Math.max(0, event.atUs - spanStart))} · ${formatDuration(Math.max(0, event.atUs))}`}
          </small></p>
          <Attributes list={event.attributes} />
        </li>
      ))}
    </ol>
  );
}

function Links({ detail }: { detail: SpanDetail }): JSX.Element {
  return (
    <ul class="links">
      {detail.links.map((link, i) => (
        <li key={i}>
          <a href={hrefTo(`trace/${link.traceId}`, new URLSearchParams({ uiFind: link.spanId }))} data-inside>
            {`trace ${link.traceId.slice(0, 8)}…, span ${link.spanId}`}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Identity({ detail, trace, span, view }: SectionsProps): JSX.Element {
  const parent = trace.parent[span];
  const kind = kindNames[trace.kind[span]];
  return (
    <dl class="attributes identity">
      <div><dt>Span ID</dt><dd><code>{detail.spanId}</code><CopyButton text={detail.spanId} label="Copy the span id" /></dd></div>
      {detail.parentSpanId && (
        <div><dt>Parent</dt><dd>
          {parent === -1 ? <code>{detail.parentSpanId}</code> : (
            <button type="button" class="quiet link-like" onClick={() => view.select(parent, true)}>
              {`${trace.services[trace.service[parent]]} ${trace.names[trace.name[parent]]}`}
            </button>
          )}
        </dd></div>
      )}
      {kind && <div><dt>Kind</dt><dd>{kind}</dd></div>}
      {detail.scope && <div><dt>Scope</dt><dd>{detail.scope}</dd></div>}
    </dl>
  );
}
