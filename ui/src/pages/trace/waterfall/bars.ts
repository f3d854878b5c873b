// SPDX-License-Identifier: Apache-2.0
//
// The bars of the rows on screen, and the ruler above them. Stateless: each frame draws what it is told.

import { token } from '../../../components/canvas';
import { serviceColour } from '../../../model/colour';
import { formatDuration, ticks } from '../../../model/duration';
import { Flag } from '../../../model/trace';
import type { TraceView } from '../trace_view';
import { kRowHeight } from './row_pool';

const kBarTop = 6;
const kBarHeight = 11;
const kPathTop = 18;
const kPathHeight = 3;
/** Room on the right for the labels of bars that end with the trace. */
const kPadRight = 62;
const kPadLeft = 8;

/** Pixels per microsecond and back, for a time axis of `width` pixels. */
export class TimeScale {
  readonly perUs: number;

  constructor(private readonly from: number, to: number, readonly width: number) {
    this.perUs = Math.max(1, width - kPadLeft - kPadRight) / (to - from);
  }

  x(us: number): number {
    return kPadLeft + (us - this.from) * this.perUs;
  }

  us(x: number): number {
    return this.from + (x - kPadLeft) / this.perUs;
  }
}

export interface Frame {
  first: number;
  end: number;
  /** Where row `first` begins, at or above 0. */
  top: number;
  hovered: number;
  dark: boolean;
}

/** Draws rows [first, end). */
export function drawBars(context: CanvasRenderingContext2D, view: TraceView, frame: Frame, width: number, height: number): void {
  const scale = new TimeScale(view.from, view.to, width);
  drawRowBackgrounds(context, view, frame, width);
  context.fillStyle = token('--line');
  for (const us of axisTicks(view, width)) context.fillRect(Math.round(scale.x(us)), 0, 1, height);

  context.font = `11px ${token('--font')}`;
  context.textBaseline = 'middle';
  for (let at = frame.first; at < frame.end; at++) {
    drawBar(context, view, view.rows[at], frame.top + (at - frame.first) * kRowHeight, scale, frame.dark);
  }
}

function drawRowBackgrounds(context: CanvasRenderingContext2D, view: TraceView, frame: Frame, width: number): void {
  for (let at = frame.first; at < frame.end; at++) {
    const span = view.rows[at];
    const y = frame.top + (at - frame.first) * kRowHeight;
    const colour = span === view.selected ? '--selected' : view.isMatch[span] ? '--match' : at === frame.hovered ? '--hover' : '';
    if (colour === '') continue;
    context.globalAlpha = colour === '--match' ? 0.35 : 1;
    context.fillStyle = token(colour);
    context.fillRect(0, y, width, kRowHeight);
    context.globalAlpha = 1;
  }
}

function drawBar(
  context: CanvasRenderingContext2D, view: TraceView, span: number, y: number, scale: TimeScale, dark: boolean,
): void {
  const { trace } = view;
  const start = trace.start[span];
  const end = start + trace.duration[span];
  const left = Math.max(-4, scale.x(start));
  const right = Math.min(scale.width + 4, Math.max(scale.x(end), scale.x(start) + 2));
  if (right < 0 || left > scale.width) {
    drawOffScreenHint(context, left > scale.width, y, scale.width);
    return;
  }
  const failed = (trace.flags[span] & Flag.error) !== 0;
  context.fillStyle = serviceColour(trace.services[trace.service[span]], dark);
  context.beginPath();
  context.roundRect(left, y + kBarTop, right - left, kBarHeight, Math.min(2.5, (right - left) / 2));
  context.fill();
  if (failed) {
    context.strokeStyle = token('--error');
    context.lineWidth = 2;
    context.stroke();
  }
  if (trace.critical[span] > 0) drawPath(context, view, span, y, scale);
  drawLabel(context, trace.duration[span], left, right, y, scale.width, failed);
}

function drawPath(context: CanvasRenderingContext2D, view: TraceView, span: number, y: number, scale: TimeScale): void {
  const { first, from, to } = view.trace.path;
  context.fillStyle = token('--trail');
  let drawnTo = -1;
  for (let i = first[span]; i < first[span + 1]; i++) {
    const left = Math.max(0, scale.x(from[i]), drawnTo);
    const right = Math.min(scale.width, Math.max(scale.x(to[i]), scale.x(from[i]) + 1));
    if (right <= left) continue;
    context.fillRect(left, y + kPathTop, right - left, kPathHeight);
    drawnTo = right;
  }
}

function drawLabel(
  context: CanvasRenderingContext2D, us: number, left: number, right: number, y: number, width: number, failed: boolean,
): void {
  const text = formatDuration(us);
  const room = text.length * 6.5 + 10;
  context.fillStyle = token(failed ? '--error-text' : '--text-soft');
  const middle = y + kBarTop + kBarHeight / 2;
  if (right + room < width) {
    context.textAlign = 'left';
    context.fillText(text, right + 6, middle);
  } else if (left - room > 0) {
    context.textAlign = 'right';
    context.fillText(text, left - 6, middle);
  } else {
    drawInsideLabel(context, text, Math.min(right, width) - 6, middle, room);
  }
}

// A bar from edge to edge leaves no room beside it: the label sits on a plate inside.
function drawInsideLabel(context: CanvasRenderingContext2D, text: string, right: number, middle: number, room: number): void {
  const colour = context.fillStyle;
  context.fillStyle = token('--raised');
  context.beginPath();
  context.roundRect(right - room, middle - 7, room, 14, 3);
  context.fill();
  context.fillStyle = colour;
  context.textAlign = 'right';
  context.fillText(text, right - 5, middle);
}

// While zoomed, a span outside the range leaves an arrow that points to it.
function drawOffScreenHint(context: CanvasRenderingContext2D, toRight: boolean, y: number, width: number): void {
  const x = toRight ? width - 6 : 6;
  const tip = toRight ? 4 : -4;
  context.strokeStyle = token('--line-strong');
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - tip / 2, y + 8);
  context.lineTo(x + tip / 2, y + 12);
  context.lineTo(x - tip / 2, y + 16);
  context.stroke();
}

function axisTicks(view: TraceView, width: number): number[] {
  return ticks(view.from, view.to, Math.max(1, Math.floor(width / 90)));
}

/** The ruler above the bars. `drag` is a range being chosen on it, in pixels. */
export function drawRuler(
  context: CanvasRenderingContext2D, view: TraceView, width: number, height: number, drag: [number, number] | null,
): void {
  const scale = new TimeScale(view.from, view.to, width);
  if (drag) {
    context.fillStyle = token('--selected');
    context.fillRect(Math.min(...drag), 0, Math.abs(drag[1] - drag[0]), height);
  }
  context.font = `11px ${token('--font')}`;
  context.textBaseline = 'middle';
  for (const us of axisTicks(view, width)) {
    const x = Math.round(scale.x(us));
    const text = formatDuration(us);
    context.fillStyle = token('--line-strong');
    context.fillRect(x, height - 6, 1, 6);
    context.fillStyle = token('--text-soft');
    context.textAlign = x + text.length * 6.5 + 8 < width ? 'left' : 'right';
    context.fillText(text, x + (context.textAlign === 'left' ? 4 : -4), height / 2);
  }
}
