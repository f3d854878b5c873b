// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isDark, onPreferences } from '../../app/preferences';
import { fitCanvas, token } from '../../components/canvas';
import { serviceColour } from '../../model/colour';
import { Flag } from '../../model/trace';
import type { TraceView } from './trace_view';
import { dragRange } from './waterfall/drag';

const kStrip = 7; // height of the critical path's strip at the bottom
const kGap = 3;

/** The whole trace at a glance: every span above, the critical path as a strip below. Drag to zoom. */
export function Minimap({ view }: { view: TraceView }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const element = canvas.current!;
    const picture = document.createElement('canvas');
    let drag: [number, number] | null = null;
    let frame = 0;
    let drawn = '';
    const draw = () => {
      frame = 0;
      const { context, width, height } = fitCanvas(element);
      const look = `${width} ${height} ${isDark()} ${devicePixelRatio}`;
      if (look !== drawn && width > 0) {
        drawPicture(picture, view, width, height);
        drawn = look;
      }
      if (width > 0) context.drawImage(picture, 0, 0, width, height);
      drawRange(context, view, width, height, drag);
    };
    const schedule = () => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const resize = new ResizeObserver(schedule);
    resize.observe(element);
    const perPixel = () => view.wholeUs / Math.max(1, element.clientWidth);
    const stops = [
      view.subscribe(schedule), onPreferences(schedule),
      dragRange(element, (range) => { drag = range; schedule(); }, (left, right) => view.zoom(left * perPixel(), right * perPixel())),
    ];
    return () => {
      cancelAnimationFrame(frame);
      resize.disconnect();
      for (const stop of stops) stop();
    };
  }, [view]);

  return (
    <canvas class="minimap" ref={canvas} aria-hidden="true" title="Drag to zoom, double-click for the whole trace"
      onDblClick={() => view.zoom(0, view.wholeUs)} />
  );
}

// Spans share lines when there are more of them than lines: each line is a row of cells that spans paint into, and
// runs of equal cells become one rectangle. The cost is bounded by the pixels, not by rectangles per span.
function drawPicture(picture: HTMLCanvasElement, view: TraceView, width: number, height: number): void {
  const { trace } = view;
  const dark = isDark();
  picture.width = width;
  picture.height = height;
  const context = picture.getContext('2d')!;
  const room = height - kStrip - kGap;
  const lines = Math.max(1, Math.min(trace.count, room));
  const colours = [...trace.services.map((service) => serviceColour(service, dark)), token('--error')];
  const perUs = width / view.wholeUs;

  const grid = new Int32Array(lines * width).fill(-1);
  for (let span = 0; span < trace.count; span++) {
    const line = Math.floor((span / trace.count) * lines);
    const failed = (trace.flags[span] & Flag.error) !== 0;
    paint(grid, line * width, width, trace.start[span] * perUs, trace.duration[span] * perUs,
      failed ? colours.length - 1 : trace.service[span]);
  }
  const step = Math.min(7, room / lines);
  for (let line = 0; line < lines; line++) {
    drawRuns(context, grid, line * width, width, line * step, Math.max(1, step - (step > 3 ? 1 : 0)), colours);
  }

  const strip = new Int32Array(width).fill(-1);
  const { span, from, to } = trace.path;
  for (let i = 0; i < span.length; i++) {
    paint(strip, 0, width, from[i] * perUs, (to[i] - from[i]) * perUs, trace.service[span[i]]);
  }
  drawRuns(context, strip, 0, width, height - kStrip, kStrip, colours);
}

function paint(grid: Int32Array, offset: number, width: number, x: number, length: number, colour: number): void {
  const left = Math.max(0, Math.min(width - 1, Math.floor(x)));
  const right = Math.max(left + 1, Math.min(width, Math.ceil(x + length)));
  grid.fill(colour, offset + left, offset + right);
}

function drawRuns(
  context: CanvasRenderingContext2D, grid: Int32Array, offset: number, width: number, y: number, height: number,
  colours: readonly string[],
): void {
  let from = 0;
  for (let x = 1; x <= width; x++) {
    if (x < width && grid[offset + x] === grid[offset + from]) continue;
    if (grid[offset + from] !== -1) {
      context.fillStyle = colours[grid[offset + from]];
      context.fillRect(from, y, x - from, height);
    }
    from = x;
  }
}

function drawRange(
  context: CanvasRenderingContext2D, view: TraceView, width: number, height: number, drag: [number, number] | null,
): void {
  const perUs = width / view.wholeUs;
  const left = drag ? Math.min(...drag) : view.from * perUs;
  const right = drag ? Math.max(...drag) : view.to * perUs;
  if (!drag && !view.zoomed) return;
  context.globalAlpha = 0.72;
  context.fillStyle = token('--panel');
  context.fillRect(0, 0, left, height);
  context.fillRect(right, 0, width - right, height);
  context.globalAlpha = 1;
  context.fillStyle = token('--accent');
  context.fillRect(left - 1, 0, 2, height);
  context.fillRect(right - 1, 0, 2, height);
}
