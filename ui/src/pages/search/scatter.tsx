// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { onPreferences, preferences } from '../../app/preferences';
import { navigate } from '../../app/router';
import { fitCanvas, token } from '../../components/canvas';
import { formatDuration } from '../../model/duration';
import type { TraceSummary } from '../../model/summary';
import { formatClock, formatInstant, formatShort, timeTicks } from '../../model/time';

interface Dot {
  x: number;
  y: number;
  radius: number;
  trace: TraceSummary;
}

const kPad = { left: 56, right: 12, top: 10, bottom: 20 };

/** Traces over time (x) and duration (y, logarithmic). A dot opens its trace; the list below says the same in words. */
export function Scatter({ traces }: { traces: readonly TraceSummary[] }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dots = useRef<Dot[]>([]);
  const [hovered, setHovered] = useState<Dot | null>(null);

  useEffect(() => {
    const draw = () => {
      if (canvas.current) dots.current = drawScatter(canvas.current, traces, hovered?.trace ?? null);
    };
    draw();
    const resize = new ResizeObserver(draw);
    resize.observe(canvas.current!);
    const stop = onPreferences(draw);
    return () => {
      resize.disconnect();
      stop();
    };
  }, [traces, hovered]);

  const nearest = (event: MouseEvent): Dot | null => {
    const box = canvas.current!.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    let best: Dot | null = null;
    let bestDistance = 14 ** 2;
    for (const dot of dots.current) {
      const distance = (dot.x - x) ** 2 + (dot.y - y) ** 2;
      if (distance < bestDistance) [best, bestDistance] = [dot, distance];
    }
    return best;
  };
  const hover = (dot: Dot | null) => setHovered((old) => (old?.trace === dot?.trace ? old : dot));

  return (
    <figure class={`scatter${hovered ? ' pointing' : ''}`}>
      <canvas ref={canvas} role="img" aria-label={`Duration over time of ${traces.length} traces; the list below has the same traces`}
        onMouseMove={(event) => hover(nearest(event))} onMouseLeave={() => hover(null)}
        onClick={(event) => {
          const dot = nearest(event);
          if (dot) navigate(`trace/${dot.trace.traceId}`);
        }} />
      {hovered && <Tip dot={hovered} width={canvas.current?.clientWidth ?? 0} />}
    </figure>
  );
}

function Tip({ dot, width }: { dot: Dot; width: number }): JSX.Element {
  const { trace } = dot;
  const side = dot.x > width / 2 ? { right: `${width - dot.x + 12}px` } : { left: `${dot.x + 12}px` };
  return (
    <div class="tip" style={{ ...side, top: `${Math.max(0, dot.y - 24)}px` }}>
      <b>{`${trace.rootService} ${trace.rootName}`}</b>
      <span>
        {`${formatDuration(trace.durationUs)}, ${trace.spanCount} spans${trace.errorCount ? `, ${trace.errorCount} errors` : ''}`}
      </span>
      <span>{formatInstant(trace.startUs, preferences().zone)}</span>
    </div>
  );
}

function drawScatter(canvas: HTMLCanvasElement, traces: readonly TraceSummary[], hovered: TraceSummary | null): Dot[] {
  const { context, width, height } = fitCanvas(canvas);
  const plot = { width: width - kPad.left - kPad.right, height: height - kPad.top - kPad.bottom };
  if (plot.width < 40 || plot.height < 20 || traces.length === 0) return [];

  const starts = traces.map((trace) => trace.startUs);
  const durations = traces.map((trace) => Math.max(1, trace.durationUs));
  const [from, to] = widen(Math.min(...starts), Math.max(...starts), 1e6);
  const low = Math.floor(Math.log10(Math.min(...durations)) * 2) / 2;
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...durations)) * 2) / 2);
  const xOf = (us: number) => kPad.left + ((us - from) / (to - from)) * plot.width;
  const yOf = (us: number) => kPad.top + (1 - (Math.log10(Math.max(1, us)) - low) / (high - low)) * plot.height;

  drawAxes(context, { from, to, low, high, xOf, yOf, width, height });
  const dots = traces.map((trace) => ({
    x: xOf(trace.startUs), y: yOf(trace.durationUs), trace,
    radius: 3 + Math.min(5, Math.log10(Math.max(1, trace.spanCount))),
  }));
  for (const dot of dots) drawDot(context, dot, dot.trace === hovered);
  return dots;
}

function widen(from: number, to: number, least: number): [number, number] {
  const room = Math.max(least, (to - from) * 0.03);
  return [from - room, to + room];
}

interface Axes {
  from: number;
  to: number;
  low: number;
  high: number;
  xOf: (us: number) => number;
  yOf: (us: number) => number;
  width: number;
  height: number;
}

function drawAxes(context: CanvasRenderingContext2D, axes: Axes): void {
  const { zone } = preferences();
  context.font = `11px ${token('--font')}`;
  context.fillStyle = token('--text-soft');
  context.strokeStyle = token('--line');
  context.lineWidth = 1;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let power = Math.ceil(axes.low); power <= axes.high; power++) {
    const y = Math.round(axes.yOf(10 ** power)) + 0.5;
    context.beginPath();
    context.moveTo(kPad.left, y);
    context.lineTo(axes.width - kPad.right, y);
    context.stroke();
    context.fillText(formatDuration(10 ** power), kPad.left - 8, y);
  }
  const label = axes.to - axes.from > 1.2e10 ? formatShort : formatClock;
  context.textBaseline = 'bottom';
  context.textAlign = 'center';
  for (const us of timeTicks(axes.from, axes.to, Math.max(2, Math.floor((axes.width - kPad.left) / 120)), zone)) {
    const x = Math.round(axes.xOf(us));
    context.fillRect(x, axes.height - kPad.bottom, 1, 4);
    if (x > kPad.left + 20 && x < axes.width - 30) context.fillText(label(us, zone), x, axes.height - 1);
  }
}

function drawDot(context: CanvasRenderingContext2D, dot: Dot, hovered: boolean): void {
  const failed = dot.trace.errorCount > 0;
  context.beginPath();
  if (failed) {
    // A triangle, so that failure does not hang on colour.
    const r = dot.radius + 1;
    context.moveTo(dot.x, dot.y - r);
    context.lineTo(dot.x + r, dot.y + r * 0.8);
    context.lineTo(dot.x - r, dot.y + r * 0.8);
    context.closePath();
  } else {
    context.arc(dot.x, dot.y, dot.radius, 0, Math.PI * 2);
  }
  context.globalAlpha = hovered ? 1 : 0.75;
  context.fillStyle = token(failed ? '--error' : '--accent');
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = token(hovered ? '--text' : '--panel');
  context.lineWidth = hovered ? 2 : 1;
  context.stroke();
}
