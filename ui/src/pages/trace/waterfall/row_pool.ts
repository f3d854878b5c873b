// SPDX-License-Identifier: Apache-2.0
//
// The names of the rows on screen: as many DOM rows as fit, each taking over another span when it scrolls out.
// Row r always uses element r modulo the pool, so that scrolling by one rewrites one element.

import { serviceColour } from '../../../model/colour';
import { formatDuration } from '../../../model/duration';
import { hasChildren } from '../../../model/rows';
import { Flag, kindNames, type Trace } from '../../../model/trace';
import type { TraceView } from '../trace_view';

export const kRowHeight = 24;
const kIndent = 12;

interface Slot {
  row: HTMLElement;
  guides: HTMLElement;
  twisty: HTMLElement;
  count: HTMLElement;
  dot: HTMLElement;
  service: HTMLElement;
  name: HTMLElement;
  target: HTMLElement;
  /** What it shows now; -1 when unused. */
  span: number;
  at: number;
  look: string;
}

const kTemplate = `
  <div role="gridcell" class="wf-cell">
    <i class="wf-guides"></i><span class="wf-twisty" aria-hidden="true"><svg viewBox="0 0 16 16" width="12" height="12">
    <path d="M6 3l5 5-5 5"/></svg></span><small class="wf-count"></small><svg class="error-mark" viewBox="0 0 16 16" width="14"
    height="14" aria-hidden="true"><path class="plate" d="M8 1.500L15 14H1z"/><path class="sign" d="M8 6v4M8 11.600v.8"/></svg><i
    class="service-dot" aria-hidden="true"></i><b></b><span class="wf-name"></span><span class="wf-target"></span>
  </div>`;

export class RowPool {
  private slots: Slot[] = [];

  constructor(private readonly parent: HTMLElement, private readonly view: TraceView) {}

  /** The span of the row that an element belongs to, -1 for none. */
  spanAt(element: Element): number {
    const row = element.closest('.wf-row');
    return this.slots.find((slot) => slot.row === row)?.span ?? -1;
  }

  /** The element that shows a span now, or null. */
  elementOf(span: number): HTMLElement | null {
    return this.slots.find((slot) => slot.span === span)?.row ?? null;
  }

  /** Shows rows [first, end) with row `first` at `top` pixels. `maxIndent` limits how far names move right. */
  update(first: number, end: number, top: number, maxIndent: number, dark: boolean): void {
    this.grow(end - first);
    const used = new Set<Slot>();
    for (let at = first; at < end; at++) {
      const slot = this.slots[at % this.slots.length];
      used.add(slot);
      this.fill(slot, at, maxIndent, dark);
      slot.row.style.transform = `translateY(${top + (at - first) * kRowHeight}px)`;
    }
    for (const slot of this.slots) {
      if (!used.has(slot)) this.release(slot);
    }
  }

  private grow(wanted: number): void {
    if (this.slots.length >= wanted) return;
    while (this.slots.length < wanted + 4) this.slots.push(this.makeSlot());
    for (const slot of this.slots) this.release(slot);
  }

  private makeSlot(): Slot {
    const row = document.createElement('div');
    row.className = 'wf-row';
    row.setAttribute('role', 'row');
    row.tabIndex = -1;
    row.innerHTML = kTemplate;
    this.parent.append(row);
    const one = (selector: string) => row.querySelector<HTMLElement>(selector)!;
    return {
      row, guides: one('.wf-guides'), twisty: one('.wf-twisty'), count: one('.wf-count'), dot: one('.service-dot'),
      service: one('b'), name: one('.wf-name'), target: one('.wf-target'), span: -1, at: -1, look: '',
    };
  }

  private release(slot: Slot): void {
    slot.span = -1;
    slot.look = '';
    slot.row.hidden = true;
  }

  private fill(slot: Slot, at: number, maxIndent: number, dark: boolean): void {
    const { view } = this;
    const span = view.rows[at];
    const isActive = span === view.active;
    const isSelected = span === view.selected;
    const open = !view.collapsed[span];
    const look = `${span} ${at} ${isActive} ${isSelected} ${open} ${view.isMatch[span]} ${maxIndent} ${dark} ${view.rows.length}`;
    if (slot.look === look) return;
    if (slot.span !== span) this.fillSpan(slot, span);
    slot.span = span;
    slot.at = at;
    slot.look = look;
    slot.dot.style.background = serviceColour(view.trace.services[view.trace.service[span]], dark);
    this.fillState(slot, at, maxIndent);
  }

  // What changes when the view changes.
  private fillState(slot: Slot, at: number, maxIndent: number): void {
    const { view } = this;
    const { trace } = view;
    const { span, row } = slot;
    const parent = hasChildren(trace, span);
    const closed = parent && Boolean(view.collapsed[span]);
    const isSelected = span === view.selected;
    const below = closed && trace.errorsBelow[span] > 0;
    const own = (trace.flags[span] & Flag.error) !== 0;
    row.hidden = false;
    row.tabIndex = span === view.active ? 0 : -1;
    row.className = ['wf-row', isSelected && 'selected', span === view.active && 'active', view.isMatch[span] && 'match',
      trace.critical[span] > 0 && 'critical', parent && 'parent', closed && 'closed', own ? 'error' : below && 'error-below',
    ].filter(Boolean).join(' ');
    slot.guides.style.width = `${Math.min(trace.depth[span] * kIndent, maxIndent)}px`;
    slot.count.textContent = closed ? `+${trace.subtreeEnd[span] - span - 1}` : '';
    row.setAttribute('aria-rowindex', String(at + 1));
    row.setAttribute('aria-selected', String(isSelected));
    if (parent) row.setAttribute('aria-expanded', String(!closed));
    else row.removeAttribute('aria-expanded');
    row.setAttribute('aria-label', rowLabel(trace, span, below));
  }

  // What only depends on the span.
  private fillSpan(slot: Slot, span: number): void {
    const { trace } = this.view;
    const target = trace.targets[trace.target[span]];
    slot.service.textContent = trace.services[trace.service[span]];
    slot.name.textContent = trace.names[trace.name[span]];
    const orphan = (trace.flags[span] & Flag.orphan) !== 0;
    slot.target.textContent = orphan ? 'parent missing' : target && `→ ${target}`;
    slot.target.classList.toggle('orphan', orphan);
    slot.row.setAttribute('aria-level', String(trace.depth[span] + 1));
    slot.row.title = `${trace.services[trace.service[span]]} ${trace.names[trace.name[span]]}`;
  }
}

/** A row in words, since its bar is only drawn. */
function rowLabel(trace: Trace, span: number, errorsBelow: boolean): string {
  const parts = [
    trace.services[trace.service[span]],
    trace.names[trace.name[span]],
    kindNames[trace.kind[span]],
    formatDuration(trace.duration[span]),
    `starts ${formatDuration(trace.start[span])}`,
  ];
  if (trace.flags[span] & Flag.error) parts.push('error');
  else if (errorsBelow) parts.push('errors below');
  if (trace.flags[span] & Flag.orphan) parts.push('parent missing');
  if (trace.critical[span] > 0) parts.push('on the critical path');
  return parts.filter(Boolean).join(', ');
}
