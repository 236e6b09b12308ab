/** Draws a run as an SVG Gantt chart, with the critical path marked. Pure. */
import type { Span } from '../lib/engine/critical-path.ts';

const WIDTH = 920;
const LEFT_MARGIN = 210;
const RIGHT_MARGIN = 60;
const ROW_HEIGHT = 17;
const BAR_HEIGHT = 11;
const TOP_MARGIN = 52;
/** The minimum width of a bar in pixels, so that spans without a duration are visible. */
const MIN_BAR_WIDTH = 1.5;
/** The approximate number of grid lines. */
const GRID_LINES = 8;

const STYLE = `
    text { font: 11px ui-monospace, monospace; fill: #333 }
    .title { font-size: 13px }
    .bar { fill: #9db2c9 } .critical { fill: #c2410c } .name.critical { font-weight: bold }
    .line { stroke: #ddd } .way { stroke: #c2410c; fill: none }
    @media (prefers-color-scheme: dark) {
      text { fill: #ccc } .bar { fill: #5a7089 } .line { stroke: #444 }
      .critical { fill: #fb923c } .way { stroke: #fb923c }
    }
  `;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const pixelsText = (pixels: number): string => pixels.toFixed(1);
const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Returns the distance between grid lines in milliseconds: 1, 2 or 5 times a power of ten. @param total milliseconds */
export function gridStep(total: number): number {
  const minStep = Math.max(total, 1) / GRID_LINES;
  const power = 10 ** Math.floor(Math.log10(minStep));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= minStep) ?? minStep;
}

/**
 * Draws the spans from top to bottom, in their order.
 * @param path the critical path, which is marked by colour, by bold names and by a line
 */
export function gantt(title: string, spans: readonly Span[], path: readonly Span[]): string {
  const total = Math.max(...spans.map(({ end }) => end), 1);
  const x = (ms: number): number => LEFT_MARGIN + (ms / total) * (WIDTH - LEFT_MARGIN - RIGHT_MARGIN);
  const y = (row: number): number => TOP_MARGIN + row * ROW_HEIGHT;
  const height = y(spans.length) + 10;
  const step = gridStep(total);
  const times = Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
  const gridLines = times.flatMap((ms) => [
    `<line class="line" x1="${pixelsText(x(ms))}" x2="${pixelsText(x(ms))}" y1="${TOP_MARGIN - 8}" y2="${height - 8}"/>`,
    `<text x="${pixelsText(x(ms))}" y="${TOP_MARGIN - 12}" text-anchor="middle">${ms / 1000} s</text>`,
  ]);
  const criticalSpans = new Set(path);
  const bars = spans.flatMap((span, row) => {
    const { label, start, end } = span;
    const criticalClass = criticalSpans.has(span) ? ' critical' : '';
    const width = Math.max(x(end) - x(start), MIN_BAR_WIDTH);
    const baseline = pixelsText(y(row) + BAR_HEIGHT - 2);
    return [
      `<text class="name${criticalClass}" x="${LEFT_MARGIN - 8}" y="${baseline}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="bar${criticalClass}" x="${pixelsText(x(start))}" y="${y(row)}" width="${pixelsText(width)}" height="${BAR_HEIGHT}"/>`,
      `<text x="${pixelsText(x(start) + width + 4)}" y="${baseline}">${secondsText(end - start)}</text>`,
    ];
  });
  const points = path
    .map((span) => `${pixelsText(x(span.end))},${pixelsText(y(spans.indexOf(span)) + BAR_HEIGHT / 2)}`)
    .join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `  <style>${STYLE}</style>`,
    `  <title>${escaped(title)}</title>`,
    `  <text class="title" x="8" y="18">${escaped(title)}</text>`,
    ...[...gridLines, ...bars, `<polyline class="way" points="${points}"/>`].map((line) => `  ${line}`),
    '</svg>',
    '',
  ].join('\n');
}
