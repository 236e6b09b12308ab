// The sandbox: its weather and its faults, which can be switched, and its contents.
import { element, nothingHere, shape } from './dom.js';
import { journalCard, resourcesCard } from './sandbox-contents.js';
import { turnSwitch } from './state.js';
import { noticeNode } from './top.js';
import { counted } from './words.js';

/** What each weather does. @type {Record<string, string>} */
const WEATHERS = {
  calm: 'Nothing is injected.',
  lag: 'New resources are unknown to some calls for a while, and lists are stale.',
  throttled: "Calls are refused beyond AWS's published rates.",
  stormy: 'All of these, slow calls, and three calls in a hundred fail.',
};

/** The faults that the form offers, by their settings. @type {Record<string, { title: string, settings: object }>} */
const FAULTS = {
  refused: { title: 'is refused with an internal error', settings: { kind: 'refused' } },
  throttled: {
    title: 'is throttled',
    settings: { kind: 'refused', code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
  },
  expired: {
    title: 'is refused: the credentials have expired',
    settings: { kind: 'refused', code: 'ExpiredToken', message: 'The token has expired', status: 403 },
  },
  lost: { title: 'takes effect, but its response is lost', settings: { kind: 'lost' } },
  slow: { title: 'takes ten seconds', settings: { kind: 'slow', ms: 10_000 } },
};

/** What the user has chosen and not sent yet. */
const choice = { isEveryCall: false };
let message = '';

/** @param {import('./state.js').PageState} state @returns {Node[]} */
function draw({ sandbox: contents }) {
  if (!contents) return [nothingHere('Looking into the sandbox.')];
  if (contents.notice) return [noticeNode(contents.notice)];
  return [
    element('div', { class: 'columns', 'data-key': 'switches' }, weatherCard(contents), faultsCard(contents)),
    resourcesCard(contents),
    journalCard(contents, choice.isEveryCall),
  ];
}

/** @param {import('./state.js').Contents} contents */
const weatherCard = ({ weatherName, weathers }) =>
  element(
    'section',
    { class: 'card', 'aria-labelledby': 'weather-title' },
    element('h2', { id: 'weather-title' }, 'Weather'),
    element(
      'p',
      { class: 'about' },
      'The misbehaviour of AWS on a normal day. It applies to every call from now on.',
    ),
    element(
      'div',
      { class: 'choices', role: 'group', 'aria-labelledby': 'weather-title' },
      ...Object.keys(weathers).map((name) =>
        element(
          'button',
          {
            type: 'button',
            'aria-pressed': String(name === weatherName),
            'data-weather': name,
            'data-key': name,
          },
          element('strong', {}, name),
          element('span', {}, WEATHERS[name] ?? ''),
        ),
      ),
    ),
    weatherName === undefined &&
      element('p', { class: 'quiet' }, 'Some settings of the weather were changed.'),
  );

/** @param {import('./state.js').Contents} contents */
const faultsCard = ({ faults }) =>
  element(
    'section',
    { class: 'card', 'aria-labelledby': 'faults-title' },
    element('h2', { id: 'faults-title' }, 'Faults'),
    element('p', { class: 'about' }, 'Make a call fail, and see how the next run recovers.'),
    element(
      'form',
      { class: 'fault', 'data-own': true },
      field(
        'The next call of',
        element('input', {
          name: 'operation',
          placeholder: 'CreateService, or empty for any',
          autocomplete: 'off',
          pattern: '[A-Za-z]*',
        }),
      ),
      field(
        'does this: it',
        element(
          'select',
          { name: 'fault' },
          ...Object.entries(FAULTS).map(([name, { title }]) => element('option', { value: name }, title)),
        ),
      ),
      element(
        'label',
        { class: 'check' },
        element('input', { type: 'checkbox', name: 'always' }),
        element('span', {}, 'every time, not only once'),
      ),
      element('button', { type: 'submit', class: 'primary' }, 'Add the fault'),
    ),
    element('p', { class: 'message', role: 'status' }, message),
    faults.length === 0
      ? element('p', { class: 'quiet' }, 'No faults are waiting.')
      : element(
          'div',
          {},
          element('ul', { class: 'rows' }, ...faults.map(faultRow)),
          element('button', { type: 'button', 'data-clear': true }, 'Remove all faults'),
        ),
  );

/** @param {string} title @param {HTMLElement} input */
const field = (title, input) => element('label', {}, element('span', {}, title), input);

/** @param {import('./state.js').Fault} fault @param {number} index */
const faultRow = ({ kind, operation, service, times, code }, index) =>
  element(
    'li',
    { 'data-key': String(index) },
    element(
      'p',
      { class: 'state busy' },
      shape('busy'),
      element(
        'span',
        {},
        [kind.replace('-', ' '), typeof code === 'string' ? code : ''].filter(Boolean).join(': '),
      ),
    ),
    element(
      'p',
      { class: 'quiet' },
      `${operation ?? 'any call'}${service ? ` of ${service}` : ''}, ${times === 'always' ? 'every time' : counted(times ?? 1, 'time')}`,
    ),
  );

export const sandboxView = {
  draw,
  /** @param {HTMLElement} panel @param {unknown} _state @param {() => void} redraw */
  listen(panel, _state, redraw) {
    const send = async (/** @type {string} */ name, /** @type {unknown} */ settings) => {
      message = (await turnSwitch(name, settings)) ?? '';
      redraw();
    };
    panel.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      const weather = button?.getAttribute('data-weather');
      const { weathers } = /** @type {import('./state.js').PageState} */ (_state).sandbox ?? {};
      if (weather) void send('weather', weathers?.[weather]);
      if (button?.hasAttribute('data-clear')) void send('clear-faults', {});
    });
    panel.addEventListener('change', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || target.name !== 'every-call') return;
      choice.isEveryCall = target.checked;
      redraw();
    });
    panel.addEventListener('submit', (event) => {
      event.preventDefault();
      const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
      const operation = String(data.get('operation') ?? '').trim();
      const { settings } = FAULTS[String(data.get('fault'))] ?? {};
      void send('faults', {
        ...settings,
        ...(operation && { operation }),
        ...(data.has('always') && { times: 'always' }),
      });
    });
  },
};
