/** Draws the frames of a terminal as one animated SVG, which a browser shows without scripts. */
import type { Frame, Span } from './frames.ts';

/** Pixels. */
const CHARACTER = 8.4;
const LINE = 20;
const MARGIN = 16;
/** Seconds for which the last frame stays before the animation starts again. */
const PAUSE_SECONDS = 6;

/** The colours of a terminal by their ANSI numbers, on a dark ground. */
const COLOURS = [
  '#6b7280',
  '#f87171',
  '#4ade80',
  '#fbbf24',
  '#60a5fa',
  '#c084fc',
  '#22d3ee',
  '#e5e7eb',
  '#9ca3af',
  '#fca5a5',
  '#86efac',
  '#fde68a',
  '#93c5fd',
  '#d8b4fe',
  '#67e8f9',
  '#ffffff',
];

/**
 * @param title what the recording shows, for screen readers
 * @returns the text of an SVG file
 */
export function animatedSvg(
  frames: readonly Frame[],
  { columns, rows, title }: { readonly columns: number; readonly rows: number; readonly title: string },
): string {
  const seconds = (frames.at(-1)?.at ?? 0) / 1000 + PAUSE_SECONDS;
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = rows * LINE + 2 * MARGIN;
  // Most lines appear in many frames, so each distinct line is written once.
  const lineIds = new Map<string, string>();
  const groups = frames.map(({ lines }, index) => {
    const uses = lines.flatMap((spans, row) => {
      if (spans.length === 0) return [];
      const text = lineText(spans);
      if (!lineIds.has(text)) lineIds.set(text, `l${lineIds.size}`);
      return `<use href="#${lineIds.get(text)}" y="${MARGIN + (row + 1) * LINE - 5}"/>`;
    });
    return `<g class="f" id="f${index}">${uses.join('')}</g>`;
  });
  const definitions = [...lineIds].map(([text, id]) => `<text id="${id}" x="${MARGIN}">${text}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styles(frames, seconds)}</style>`,
    `<rect width="100%" height="100%" rx="10" fill="#111827"/>`,
    `<defs>${definitions.join('')}</defs>`,
    ...groups,
    '</svg>\n',
  ].join('\n');
}

/** Each frame is visible from its own time until that of the next one. Without animations, only the last frame is. */
function styles(frames: readonly Frame[], seconds: number): string {
  const percent = (index: number) => ((frames[index]?.at ?? seconds * 1000) / 10 / seconds).toFixed(3);
  const animations = frames.map((_, index) => {
    const [from, to] = [index === 0 ? '0' : percent(index), percent(index + 1)];
    return `@keyframes k${index}{0%{opacity:0}${from}%{opacity:1}${to}%{opacity:${index === frames.length - 1 ? 1 : 0}}100%{opacity:${index === frames.length - 1 ? 1 : 0}}}#f${index}{animation-name:k${index}}`;
  });
  const last = `#f${frames.length - 1}`;
  return [
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d1d5db;white-space:pre}',
    `.f{opacity:0;animation:${seconds}s step-end infinite}`,
    ...animations,
    `@media (prefers-reduced-motion:reduce){.f{animation:none}${last}{opacity:1}}`,
  ].join('');
}

const lineText = (spans: readonly Span[]): string =>
  spans
    .map(({ text, colour, isBold, isDim }) => {
      const attributes = [
        ...(colour === undefined ? [] : [`fill="${COLOURS[colour] ?? '#d1d5db'}"`]),
        ...(isBold ? ['font-weight="bold"'] : []),
        ...(isDim ? ['opacity="0.65"'] : []),
      ];
      return attributes.length === 0
        ? escaped(text)
        : `<tspan ${attributes.join(' ')}>${escaped(text)}</tspan>`;
    })
    .join('');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
