// SPDX-License-Identifier: Apache-2.0
//
// The waterfall: names as recycled DOM rows, bars on one canvas, both redrawn together once per frame. What is
// on screen is a window of about fifty rows whatever the trace's size; nothing here goes through the virtual DOM.
//
//   .wf-scroll   scrolls; treegrid
//     .wf-inner  as high as all rows (capped: browsers stop at some 16 million pixels)
//       .wf-window  sticky, as high as the viewport: names on the left, canvas on the right

import { isDark, onPreferences } from '../../../app/preferences';
import { fitCanvas } from '../../../components/canvas';
import { hasChildren, rowOf } from '../../../model/rows';
import type { TraceView } from '../trace_view';
import { drawBars, drawRuler, TimeScale } from './bars';
import { dragRange } from './drag';
import { kRowHeight, RowPool } from './row_pool';

const kMaxHeight = 12_000_000;

/** The elements that the waterfall fills; all are made by its component. */
export interface WaterfallParts {
  scroll: HTMLElement;
  inner: HTMLElement;
  window: HTMLElement;
  names: HTMLElement;
  bars: HTMLCanvasElement;
  ruler: HTMLCanvasElement;
}

export class Waterfall {
  private readonly pool: RowPool;
  private readonly stops: (() => void)[] = [];
  private frame = 0;
  private hovered = -1;
  private drag: [number, number] | null = null;
  private focusAfterDraw = false;

  constructor(private readonly parts: WaterfallParts, private readonly view: TraceView) {
    this.pool = new RowPool(parts.names, view);
    const redraw = () => this.schedule();
    const resize = new ResizeObserver(redraw);
    resize.observe(parts.scroll);
    resize.observe(parts.bars);
    parts.scroll.addEventListener('scroll', redraw, { passive: true });
    parts.scroll.addEventListener('keydown', (event) => this.onKeyDown(event));
    parts.scroll.addEventListener('click', (event) => this.onClick(event));
    parts.scroll.addEventListener('dblclick', (event) => this.onDoubleClick(event));
    parts.scroll.addEventListener('mousemove', (event) => this.hover(this.rowAtY(event)));
    parts.scroll.addEventListener('mouseleave', () => this.hover(-1));
    parts.scroll.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.stops.push(() => resize.disconnect(), view.subscribe(redraw), onPreferences(redraw));
    this.stops.push(dragRange(parts.ruler, (range) => { this.drag = range; redraw(); }, (left, right) => {
      const scale = this.scale();
      view.zoom(scale.us(left), scale.us(right));
    }));
    view.scrollToSpan = (span) => this.scrollTo(span);
    view.takeFocus = () => {
      this.focusAfterDraw = true;
      redraw();
    };
    this.schedule();
  }

  /** Ends drawing and listening. */
  close(): void {
    cancelAnimationFrame(this.frame);
    this.view.scrollToSpan = () => undefined;
    this.view.takeFocus = () => undefined;
    for (const stop of this.stops) stop();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = 0;
    const { parts, view } = this;
    const dark = isDark();
    parts.inner.style.height = `${Math.max(this.innerHeight, this.viewport)}px`;
    parts.window.style.height = `${this.viewport}px`;
    parts.scroll.setAttribute('aria-rowcount', String(view.rows.length));

    const topPx = this.contentTop;
    const first = Math.min(Math.floor(topPx / kRowHeight), Math.max(0, view.rows.length - 1));
    const end = Math.min(view.rows.length, Math.ceil((topPx + this.viewport) / kRowHeight) + 1);
    const top = first * kRowHeight - topPx;
    const focusWasInside = this.focusInside();
    this.pool.update(first, end, top, Math.round(parts.names.clientWidth * 0.45), dark);
    this.keepFocus(focusWasInside);

    const bars = fitCanvas(parts.bars);
    drawBars(bars.context, view, { first, end, top, hovered: this.hovered, dark }, bars.width, bars.height);
    const ruler = fitCanvas(parts.ruler);
    drawRuler(ruler.context, view, ruler.width, ruler.height, this.drag);
  }

  private get viewport(): number {
    return this.parts.scroll.clientHeight;
  }

  private get contentHeight(): number {
    return this.view.rows.length * kRowHeight;
  }

  private get innerHeight(): number {
    return Math.min(kMaxHeight, this.contentHeight);
  }

  // How many rows' pixels one pixel of scrolling stands for; 1 unless the height is capped.
  private get stretch(): number {
    const room = this.innerHeight - this.viewport;
    return room > 0 ? (this.contentHeight - this.viewport) / room : 1;
  }

  private get contentTop(): number {
    return Math.max(0, this.parts.scroll.scrollTop * this.stretch);
  }

  private scrollTo(span: number): void {
    const top = rowOf(this.view.rows, span) * kRowHeight;
    this.parts.inner.style.height = `${Math.max(this.innerHeight, this.viewport)}px`;
    const from = this.contentTop;
    const room = Math.max(0, this.viewport - 2 * kRowHeight);
    if (top >= from && top <= from + room) return;
    const near = Math.abs(top - from) < this.viewport * 1.5;
    const wanted = !near ? top - this.viewport / 3 : top < from ? top - kRowHeight : top - room;
    this.parts.scroll.scrollTop = wanted / this.stretch;
    this.schedule();
  }

  private scale(): TimeScale {
    return new TimeScale(this.view.from, this.view.to, this.parts.bars.clientWidth);
  }

  private rowAtY(event: MouseEvent): number {
    const y = event.clientY - this.parts.scroll.getBoundingClientRect().top + this.contentTop;
    const at = Math.floor(y / kRowHeight);
    return at >= 0 && at < this.view.rows.length ? at : -1;
  }

  private hover(at: number): void {
    if (at === this.hovered) return;
    this.hovered = at;
    this.schedule();
  }

  private onClick(event: MouseEvent): void {
    const at = this.rowAtY(event);
    if (at === -1) return;
    const span = this.view.rows[at];
    if ((event.target as Element).closest('.wf-twisty, .wf-count')) this.view.toggle(span);
    else this.view.select(span);
    this.focusAfterDraw = true;
  }

  private onDoubleClick(event: MouseEvent): void {
    const at = this.rowAtY(event);
    if (at !== -1 && event.target === this.parts.bars) this.view.zoomToSpan(this.view.rows[at]);
  }

  // Ctrl + wheel (and pinch) zooms where the pointer is; plain scrolling stays the browser's.
  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const x = event.clientX - this.parts.bars.getBoundingClientRect().left;
    this.view.zoomBy(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), this.scale().us(Math.max(0, x)));
  }

  private focusInside(): boolean {
    return this.parts.scroll.contains(document.activeElement);
  }

  // Focus follows the keyboard's row. While that row is scrolled out, the grid itself holds the focus, and can be
  // tabbed to, so that keys keep working.
  private keepFocus(wasInside: boolean): void {
    const element = this.pool.elementOf(this.view.active);
    this.parts.scroll.tabIndex = element ? -1 : 0;
    const wanted = element ?? this.parts.scroll;
    if ((wasInside || this.focusAfterDraw) && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
    this.focusAfterDraw = false;
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.actions[event.key];
    if (!action || this.view.active === -1) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  private move(rows: number): void {
    const { view } = this;
    const at = rowOf(view.rows, view.active) + rows;
    view.focus(view.rows[Math.max(0, Math.min(view.rows.length - 1, at))]);
  }

  private readonly actions: Record<string, () => void> = {
    ArrowDown: () => this.move(1),
    ArrowUp: () => this.move(-1),
    PageDown: () => this.move(Math.max(1, Math.floor(this.viewport / kRowHeight) - 1)),
    PageUp: () => this.move(-Math.max(1, Math.floor(this.viewport / kRowHeight) - 1)),
    Home: () => this.move(-this.view.rows.length),
    End: () => this.move(this.view.rows.length),
    ArrowRight: () => {
      const { view } = this;
      if (!hasChildren(view.trace, view.active)) return;
      if (view.collapsed[view.active]) view.toggle(view.active, true);
      else this.move(1);
    },
    ArrowLeft: () => {
      const { view } = this;
      if (hasChildren(view.trace, view.active) && !view.collapsed[view.active]) view.toggle(view.active, false);
      else if (view.trace.parent[view.active] !== -1) view.focus(view.trace.parent[view.active]);
    },
    Enter: () => this.view.select(this.view.active),
    ' ': () => this.view.select(this.view.active),
    '*': () => {
      const { trace, active } = this.view;
      const parent = trace.parent[active];
      for (let span = parent + 1; span < (parent === -1 ? trace.count : trace.subtreeEnd[parent]); span = trace.subtreeEnd[span]) {
        this.view.collapsed[span] = 0;
      }
      this.view.toggle(active, true);
    },
  };
}
