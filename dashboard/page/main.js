// Starts the page: the theme, the tabs, and the views that are drawn again whenever a value arrives.
import { animate } from './architecture.js';
import { element, shape, show } from './dom.js';
import { headlineOf } from './headline.js';
import { makeFeed } from './state.js';
import { followTheme } from './theme.js';
import { noticeNode, subline } from './top.js';
import { VIEWS } from './views.js';
import { clockTime } from './words.js';

/** Milliseconds after which ages such as `12 min` are drawn again. */
const AGES_MS = 10_000;

/** @type {import('./state.js').PageState} */
const state = {};
let view = '';
let isOpen = false;
let isDue = false;
let spoken = '';

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const panel = byId('panel');
const feed = makeFeed(
  (topic, value) => {
    Object.assign(state, { [topic]: value });
    if (topic === 'hello') startViews();
    drawSoon();
  },
  (open) => {
    isOpen = open;
    drawSoon();
  },
);

/** Draws once per frame, however many values arrive. */
function drawSoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw() {
  const headline = headlineOf(state);
  show(byId('headline'), shape(headline.condition), element('span', {}, headline.text));
  document.title = `${headline.text.split(':')[0]} - Slipway`;
  if (headline.spoken !== spoken) byId('announcement').textContent = spoken = headline.spoken;
  show(byId('subline'), ...subline(state));
  const { hello, status } = state;
  show(
    byId('where'),
    hello ? [hello.target === 'aws' ? 'AWS' : 'sandbox', hello.region].filter(Boolean).join(', ') : '',
  );
  const notice = hello?.kind === 'sandbox' ? undefined : status?.notice;
  show(byId('notice'), ...(notice ? [noticeNode(notice, status?.staleSince)] : []));
  show(
    byId('connection'),
    isOpen
      ? 'Connected: the page follows every change.'
      : `Not connected since ${clockTime(new Date().toISOString())}. The page connects again on its own.`,
  );
  document.body.classList.toggle('offline', !isOpen);
  const shown = VIEWS[view];
  if (!shown) return;
  show(panel, ...shown.draw(state));
  shown.drawn?.(state, panel);
  animate(state);
}

/** Makes the tabs, once the server has said which views the page has. */
function startViews() {
  const names = state.hello?.views ?? [];
  const tabs = byId('tabs');
  if (tabs.childElementCount > 0) return;
  tabs.hidden = names.length < 2;
  for (const name of names)
    tabs.append(
      element(
        'button',
        { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel', 'data-view': name },
        VIEWS[name]?.title ?? name,
      ),
    );
  tabs.addEventListener('click', ({ target }) => {
    const name = target instanceof Element ? target.getAttribute('data-view') : null;
    if (name) location.hash = name;
  });
  tabs.addEventListener('keydown', (event) => {
    const index = names.indexOf(view);
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = names.at(next % names.length) ?? '';
    location.hash = name;
    byId(`tab-${name}`).focus();
  });
  addEventListener('hashchange', openView);
  openView();
}

function openView() {
  const names = state.hello?.views ?? [];
  const wanted = location.hash.slice(1);
  const name = names.includes(wanted) ? wanted : (names[0] ?? '');
  if (name === view) return;
  view = name;
  for (const tab of byId('tabs').children) {
    const isSelected = tab.getAttribute('data-view') === view;
    tab.setAttribute('aria-selected', String(isSelected));
    tab.setAttribute('tabindex', isSelected ? '0' : '-1');
    if (isSelected) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  if (names.length > 1) {
    panel.setAttribute('aria-labelledby', `tab-${view}`);
    panel.removeAttribute('aria-label');
  }
  panel.replaceChildren();
  panel.className = `view-${view}`;
  feed.follow(view);
  draw();
}

followTheme(drawSoon);
for (const shown of Object.values(VIEWS)) shown.listen?.(panel, state, drawSoon);
new ResizeObserver(() => animate(state)).observe(panel);
setInterval(drawSoon, AGES_MS);
feed.follow('overview');
draw();
