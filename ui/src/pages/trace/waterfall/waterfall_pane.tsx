// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { preferences, setPreferences, usePreferences } from '../../../app/preferences';
import { Icon } from '../../../components/icons';
import type { TraceView } from '../trace_view';
import { Waterfall } from './waterfall';
import './waterfall.css';

const kLeastShare = 0.15;
const kMostShare = 0.75;
const kNarrow = 520;

/** The waterfall with its ruler and the divider between names and bars. Rendered once; the rest is Waterfall's. */
export function WaterfallPane({ view }: { view: TraceView }): JSX.Element {
  const { nameShare } = usePreferences();
  const pane = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const names = useRef<HTMLDivElement>(null);
  const bars = useRef<HTMLCanvasElement>(null);
  const ruler = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const waterfall = new Waterfall({
      scroll: scroll.current!, inner: inner.current!, window: frame.current!, names: names.current!,
      bars: bars.current!, ruler: ruler.current!,
    }, view);
    return () => waterfall.close();
  }, [view]);
  useEffect(() => {
    const element = pane.current!;
    const apply = () => {
      const least = element.clientWidth < kNarrow ? 0.5 : 0; // names need the room more than bars
      element.style.setProperty('--name-share', `${Math.max(least, nameShare) * 100}%`);
    };
    apply();
    const resize = new ResizeObserver(apply);
    resize.observe(element);
    return () => resize.disconnect();
  }, [nameShare]);

  return (
    <div class="wf" ref={pane}>
      <div class="wf-head">
        <div class="wf-head-name">
          <span>Service and operation</span>
          <span class="wf-levels">
            <button type="button" class="quiet icon-button" onClick={() => view.collapseAll()} aria-label="Collapse all" title="Collapse all ([)"><Icon name="foldAll" /></button>
            <button type="button" class="quiet icon-button" onClick={() => view.collapseLevel()} aria-label="Collapse one level" title="Collapse one level (p)"><Icon name="foldOne" /></button>
            <button type="button" class="quiet icon-button" onClick={() => view.expandLevel()} aria-label="Expand one level" title="Expand one level (o)"><Icon name="openOne" /></button>
            <button type="button" class="quiet icon-button" onClick={() => view.expandAll()} aria-label="Expand all" title="Expand all (])"><Icon name="openAll" /></button>
          </span>
        </div>
        <canvas class="wf-ruler" ref={ruler} aria-hidden="true" title="Drag to zoom" />
      </div>
      <div class="wf-scroll" ref={scroll} role="treegrid" aria-label="Spans" aria-readonly="true" tabIndex={0}>
        <div class="wf-inner" ref={inner} role="presentation">
          <div class="wf-window" ref={frame} role="presentation">
            <div class="wf-names" ref={names} role="rowgroup" />
            <canvas class="wf-bars" ref={bars} aria-hidden="true" />
          </div>
        </div>
      </div>
      <Divider share={nameShare} pane={() => pane.current!} />
    </div>
  );
}

function Divider(props: { share: number; pane: () => HTMLElement }): JSX.Element {
  const set = (share: number) => setPreferences({ nameShare: Math.min(kMostShare, Math.max(kLeastShare, share)) });
  const onPointerMove = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = props.pane().getBoundingClientRect();
    set((event.clientX - box.left) / box.width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowLeft' ? -0.02 : event.key === 'ArrowRight' ? 0.02 : 0;
    if (step === 0) return;
    event.preventDefault();
    set(preferences().nameShare + step);
  };
  return (
    <div class="wf-divider" role="separator" tabIndex={0} aria-orientation="vertical" aria-label="Width of the name column"
      aria-valuenow={Math.round(props.share * 100)} aria-valuemin={kLeastShare * 100} aria-valuemax={kMostShare * 100}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove} onKeyDown={onKeyDown} />
  );
}
