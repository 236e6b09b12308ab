// Draws the edges of the architecture, and the requests that flow along them.
import { element, show } from './dom.js';

/** The speed of a dot, in pixels per second, and the largest number of dots that start per second. */
const SPEED = 240;
const MAX_DOTS_PER_SECOND = 24;
/** The numbers of requests that one dot may stand for. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** The number of points by which a curve is drawn. */
const POINTS = 40;
const RADIUS = 2.5;
/** The distance of the trunk from the left side, on a narrow page. */
const TRUNK = 9;

/** Returns how many requests a dot stands for. @param {number} perSecond */
export const requestsPerDot = (perSecond) =>
  STEPS.find((step) => perSecond / step <= MAX_DOTS_PER_SECOND) ?? Math.ceil(perSecond / MAX_DOTS_PER_SECOND);

/**
 * @typedef {{ x: number, y: number }[]} Line
 * @typedef {{ line: Line, ends: number[], length: number }} Path the points, and the distance of each from the start
 */

export function makeFlow() {
  /** @type {Map<string, Line>} */
  let lines = new Map();
  /** @type {{ path: Path, rate: number, due: number }[]} */
  let sources = [];
  /** @type {{ path: Path, at: number }[]} */
  let dots = [];
  /** @type {HTMLCanvasElement | undefined} */
  let canvas;
  let perDot = 1;
  let last = 0;
  let isRunning = false;
  let colour = '';
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  /** Draws the edges between the nodes as they are placed now. @param {HTMLElement} area @param {import('./graph.js').Edge[]} edges */
  function place(area, edges) {
    const box = area.getBoundingClientRect();
    const isNarrow = getComputedStyle(area).getPropertyValue('--narrow').trim() === '1';
    /** @type {Map<string, DOMRect>} */
    const rects = new Map();
    for (const node of area.querySelectorAll('[data-node]'))
      rects.set(node.getAttribute('data-node') ?? '', node.getBoundingClientRect());
    lines = new Map();
    const drawn = edges.flatMap(({ from, to, share }) => {
      const [start, end] = [rects.get(from), rects.get(to)];
      if (!start || !end) return [];
      const line = isNarrow ? trunk(start, end, box) : curve(start, end, box);
      lines.set(`${from} ${to}`, line);
      const d = line
        .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
        .join('');
      return [
        element('path', { d, class: share === 0 ? 'edge unused' : 'edge', 'data-key': `${from} ${to}` }),
      ];
    });
    const picture = area.querySelector('svg.edges');
    if (picture) show(picture, ...drawn);
    canvas = area.querySelector('canvas') ?? undefined;
    if (canvas) {
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    colour = getComputedStyle(area).getPropertyValue('--flow').trim();
  }

  /**
   * Sets which requests flow. @param {import('./graph.js').Way[]} ways @param {Record<string, number>} perSecond by container
   * @param {(way: import('./graph.js').Way) => number} shareOf the part of the requests of its container that takes a way
   * @returns how many requests one dot stands for
   */
  function run(ways, perSecond, shareOf) {
    const total = Object.values(perSecond).reduce((sum, rate) => sum + rate, 0);
    perDot = requestsPerDot(total);
    const before = sources;
    sources = ways.flatMap((way, index) => {
      const rate = ((perSecond[way.container] ?? 0) * shareOf(way)) / perDot;
      const path = pathOf(way.edges.flatMap((edge) => lines.get(edge) ?? []));
      return rate > 0 && path ? [{ path, rate, due: before[index]?.due ?? Math.random() }] : [];
    });
    if (sources.length > 0 && !still.matches && !isRunning) {
      isRunning = true;
      last = performance.now();
      requestAnimationFrame(frame);
    }
    return perDot;
  }

  /** @param {number} now */
  function frame(now) {
    const seconds = Math.min(0.1, (now - last) / 1000);
    last = now;
    for (const source of sources) {
      source.due += source.rate * seconds;
      // Dots that are due in the same frame would cover each other.
      for (; source.due >= 1; source.due -= 1)
        dots.push({ path: source.path, at: Math.random() * SPEED * seconds });
    }
    for (const dot of dots) dot.at += SPEED * seconds;
    dots = dots.filter(({ at, path }) => at < path.length);
    paint();
    isRunning = (sources.length > 0 || dots.length > 0) && !still.matches && canvas?.isConnected === true;
    if (isRunning) requestAnimationFrame(frame);
    else {
      dots = [];
      paint();
    }
  }

  function paint() {
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colour;
    context.beginPath();
    for (const { path, at } of dots) {
      const { x, y } = pointAt(path, at);
      context.moveTo(x + RADIUS, y);
      context.arc(x, y, RADIUS, 0, 7);
    }
    context.fill();
  }

  return { place, run };
}

/** @param {DOMRect} start @param {DOMRect} end @param {DOMRect} box @returns {Line} */
function curve(start, end, box) {
  const [x1, y1] = [start.right - box.left, start.top + start.height / 2 - box.top];
  const [x2, y2] = [end.left - box.left, end.top + end.height / 2 - box.top];
  const middle = (x1 + x2) / 2;
  return Array.from({ length: POINTS + 1 }, (_, index) => {
    const t = index / POINTS;
    const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
    return { x: a * x1 + b * middle + c * middle + d * x2, y: a * y1 + b * y1 + c * y2 + d * y2 };
  });
}

/** On a narrow page, every edge goes along a trunk at the left side. @param {DOMRect} start @param {DOMRect} end @param {DOMRect} box @returns {Line} */
function trunk(start, end, box) {
  const [y1, y2] = [start.top + 18 - box.top, end.top + 18 - box.top];
  return [
    { x: TRUNK, y: y1 },
    { x: TRUNK, y: y2 - 6 },
    { x: TRUNK + 6, y: y2 },
    { x: end.left - box.left, y: y2 },
  ];
}

/** @param {Line} line @returns {Path | undefined} */
function pathOf(line) {
  let length = 0;
  const ends = line.map((point, index) => {
    const before = line[index - 1];
    if (before) length += Math.hypot(point.x - before.x, point.y - before.y);
    return length;
  });
  return line.length > 1 ? { line, ends, length } : undefined;
}

/** @param {Path} path @param {number} at */
function pointAt({ line, ends }, at) {
  const next = Math.max(
    1,
    ends.findIndex((end) => end >= at),
  );
  const [start, end] = [line[next - 1], line[next]];
  const [from = 0, to = 0] = [ends[next - 1], ends[next]];
  if (!start || !end) return { x: 0, y: 0 };
  const part = to === from ? 1 : (at - from) / (to - from);
  return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
}
