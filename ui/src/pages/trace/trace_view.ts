// SPDX-License-Identifier: Apache-2.0
//
// The state of an open trace: what is collapsed, filtered, found, selected and zoomed to. Panels and canvases
// subscribe; nobody else changes it. Spans are named by their index in the trace.

import {
  collapseAll, collapseOneLevel, expandOneLevel, hasChildren, reveal, rowOf, visibleRows, withAncestors,
} from '../../model/rows';
import { Flag, type Trace } from '../../model/trace';

/** Which spans a filter keeps; both on keeps spans that pass either. */
export interface Filters {
  errors: boolean;
  critical: boolean;
}

export class TraceView {
  rows: Int32Array;
  filters: Filters = { errors: false, critical: false };
  /** The row that the keyboard is on. */
  active: number;
  /** The span whose details are shown, -1 for none. */
  selected = -1;
  /** The part of the time axis that is shown, microseconds from the trace's start. */
  from = 0;
  to: number;
  findText = '';
  matches = new Int32Array(0);
  isMatch: Uint8Array;
  /** Set by the waterfall: brings a span's row on screen. */
  scrollToSpan: (span: number) => void = () => undefined;

  /** Set by the waterfall: gives the keyboard back to the active row. */
  takeFocus: () => void = () => undefined;

  readonly collapsed: Uint8Array;
  private readonly listeners = new Set<() => void>();

  constructor(readonly trace: Trace) {
    this.collapsed = new Uint8Array(trace.count);
    this.isMatch = new Uint8Array(trace.count);
    this.rows = visibleRows(trace, this.collapsed, null);
    this.active = trace.mainRoot === -1 ? -1 : 0;
    this.to = this.wholeUs;
  }

  /** Length of the time axis; a trace without duration still gets one. */
  get wholeUs(): number {
    return Math.max(1, this.trace.durationUs);
  }

  /** Spans kept out of sight by filters; collapsed ones are not counted, their parent's row says so. */
  get filteredOut(): number {
    const keep = this.keepMask();
    return keep ? this.trace.count - keep.reduce((sum, one) => sum + one, 0) : 0;
  }

  /** Calls back after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  select(span: number, scroll = false): void {
    this.selected = span;
    if (span !== -1) this.focus(span, scroll);
    else this.emit();
  }

  /** Moves the keyboard's row; opened details follow it. Opens what hides the span. */
  focus(span: number, scroll = true): void {
    if (span < 0 || span >= this.trace.count) return;
    this.active = span;
    if (this.selected !== -1) this.selected = span;
    if (this.rows[rowOf(this.rows, span)] !== span) {
      const keep = this.keepMask();
      if (keep && !keep[span]) this.filters = { errors: false, critical: false };
      reveal(this.trace, this.collapsed, span);
      this.updateRows();
    }
    if (scroll) this.scrollToSpan(span);
    this.emit();
  }

  toggle(span: number, open = Boolean(this.collapsed[span])): void {
    if (!hasChildren(this.trace, span)) return;
    this.collapsed[span] = open ? 0 : 1;
    this.afterCollapse();
  }

  collapseAll(): void {
    collapseAll(this.trace, this.collapsed);
    this.afterCollapse();
  }

  expandAll(): void {
    this.collapsed.fill(0);
    this.afterCollapse();
  }

  collapseLevel(): void {
    collapseOneLevel(this.trace, this.collapsed);
    this.afterCollapse();
  }

  expandLevel(): void {
    expandOneLevel(this.trace, this.collapsed);
    this.afterCollapse();
  }

  setFilters(filters: Filters): void {
    this.filters = filters;
    this.afterCollapse();
  }

  setMatches(text: string, matches: Int32Array<ArrayBuffer>): void {
    this.findText = text;
    this.matches = matches;
    this.isMatch.fill(0);
    for (const span of matches) this.isMatch[span] = 1;
    this.emit();
  }

  /** Shows a part of the time axis; at least a microsecond, never beyond the trace. */
  zoom(from: number, to: number): void {
    const whole = this.wholeUs;
    const width = Math.min(whole, Math.max(1, to - from));
    this.from = Math.min(Math.max(0, from), whole - width);
    this.to = this.from + width;
    this.emit();
  }

  zoomBy(factor: number, centre = this.zoomCentre()): void {
    const width = (this.to - this.from) * factor;
    const part = (centre - this.from) / (this.to - this.from);
    this.zoom(centre - width * part, centre + width * (1 - part));
  }

  zoomToSpan(span: number): void {
    const { start, duration } = this.trace;
    const room = Math.max(1, duration[span] * 0.05);
    this.zoom(start[span] - room, start[span] + duration[span] + room);
  }

  get zoomed(): boolean {
    return this.to - this.from < this.wholeUs;
  }

  /**
   * The next span for which `wanted` holds, seen from the keyboard's row and going round; -1 when there is none.
   * What filters hide is passed over.
   */
  next(direction: 1 | -1, wanted: (span: number) => boolean): number {
    const { count } = this.trace;
    const keep = this.keepMask();
    for (let step = 1; step <= count; step++) {
      const span = (((this.active + direction * step) % count) + count) % count;
      if ((!keep || keep[span]) && wanted(span)) return span;
    }
    return -1;
  }

  goToMatch(direction: 1 | -1): void {
    this.jump(this.next(direction, (span) => this.isMatch[span] === 1));
  }

  goToError(direction: 1 | -1): void {
    this.jump(this.next(direction, (span) => (this.trace.flags[span] & Flag.error) !== 0));
  }

  goToCritical(direction: 1 | -1): void {
    this.jump(this.next(direction, (span) => this.trace.critical[span] > 0));
  }

  /** Which match the keyboard's row is, counted from 1; 0 when it is none. */
  get matchNumber(): number {
    return this.active !== -1 && this.isMatch[this.active] ? rowOf(this.matches, this.active) + 1 : 0;
  }

  private jump(span: number): void {
    if (span !== -1) this.focus(span);
  }

  private zoomCentre(): number {
    if (this.active === -1) return (this.from + this.to) / 2;
    const middle = this.trace.start[this.active] + this.trace.duration[this.active] / 2;
    return middle > this.from && middle < this.to ? middle : (this.from + this.to) / 2;
  }

  private keepMask(): Uint8Array | null {
    const { errors, critical } = this.filters;
    if (!errors && !critical) return null;
    const { flags, critical: times } = this.trace;
    return withAncestors(this.trace, flags.map((bits, span) =>
      (errors && bits & Flag.error) || (critical && times[span] > 0) ? 1 : 0));
  }

  private updateRows(): void {
    this.rows = visibleRows(this.trace, this.collapsed, this.keepMask());
  }

  // The keyboard's row may just have vanished: it moves to the nearest ancestor that has one.
  private afterCollapse(): void {
    this.updateRows();
    let at = this.active;
    while (at !== -1 && this.rows[rowOf(this.rows, at)] !== at) at = this.trace.parent[at];
    this.active = at !== -1 ? at : this.rows.length > 0 ? this.rows[0] : -1;
    this.emit();
  }

  private emit(): void {
    for (const listener of this.listeners) listener();
  }
}
