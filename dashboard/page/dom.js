// Makes elements from data, and changes what is shown to match them. Every string becomes text, and never markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'g']);

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined | Record<string, string>>} attributes false and undefined leave an
 *   attribute out; `css` sets custom properties, which the policy of the page allows only from a script
 * @param {(Node | string | number | false | undefined | null)[]} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === 'css')
      setProperties(/** @type {HTMLElement} */ (made), /** @type {Record<string, string>} */ (value));
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child === false || child === undefined || child === null) continue;
    made.append(child instanceof Node ? child : String(child));
  }
  return /** @type {HTMLElement} */ (made);
}

/** The custom properties that were set on an element. @type {WeakMap<Element, Record<string, string>>} */
const properties = new WeakMap();

/**
 * @param {HTMLElement} target
 * @param {Record<string, string>} wanted
 */
function setProperties(target, wanted) {
  for (const name of Object.keys(properties.get(target) ?? {}))
    if (!(name in wanted)) target.style.removeProperty(name);
  for (const [name, value] of Object.entries(wanted)) target.style.setProperty(name, value);
  properties.set(target, wanted);
}

/**
 * Changes the children of an element to the given ones. Elements that are still wanted stay, so that the focus, the selection and
 * the position of a screen reader stay, too. `data-key` tells which element is which.
 * @param {Element} parent
 * @param {(Node | string)[]} wanted
 */
export function show(parent, ...wanted) {
  const nodes = wanted.map((one) => (one instanceof Node ? one : document.createTextNode(one)));
  /** @type {Map<string, Element>} */
  const keyed = new Map();
  for (const child of parent.children) {
    const key = child.getAttribute('data-key');
    if (key !== null) keyed.set(key, child);
  }
  let place = parent.firstChild;
  for (const node of nodes) {
    const key = node instanceof Element ? node.getAttribute('data-key') : null;
    const known = key === null ? place : keyed.get(key);
    if (known && isSameKind(known, node, key)) {
      if (known === place) place = place.nextSibling;
      else parent.insertBefore(known, place);
      update(known, node);
    } else parent.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/**
 * @param {Node} known
 * @param {Node} node
 * @param {string | null} key
 */
const isSameKind = (known, node, key) =>
  known.nodeName === node.nodeName && (!(known instanceof Element) || known.getAttribute('data-key') === key);

/**
 * @param {Node} known
 * @param {Node} node
 */
function update(known, node) {
  if (!(known instanceof Element) || !(node instanceof Element)) {
    if (known.nodeValue !== node.nodeValue) known.nodeValue = node.nodeValue;
    return;
  }
  // What the user enters, and what is drawn by other code, stays as it is.
  if (known.hasAttribute('data-own')) return;
  for (const { name } of [...known.attributes])
    if (name !== 'style' && !node.hasAttribute(name)) known.removeAttribute(name);
  for (const { name, value } of [...node.attributes])
    if (name !== 'style' && known.getAttribute(name) !== value) known.setAttribute(name, value);
  if (known instanceof HTMLElement) setProperties(known, properties.get(node) ?? {});
  show(known, ...node.childNodes);
}

/**
 * Returns a name that may be broken after its dots, slashes and hyphens.
 * @param {string} name
 */
export const breakable = (name) =>
  element('span', { class: 'break' }, ...name.split(/(?<=[./-])/).flatMap((part) => [part, element('wbr')]));

/** The shapes of the conditions: they differ without colour, too. @type {Record<string, string>} */
const SHAPES = {
  ok: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM4.6 8.2l2.4 2.4 4.4-4.8',
  busy: 'M8 1.5 15 14H1zM8 6v4M8 11.7v.3',
  bad: 'M5 1h6l4 4v6l-4 4H5l-4-4V5zM5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8',
  idle: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM5 8h6',
};

/**
 * Returns the shape of a condition. Words beside it say the same.
 * @param {string} condition `ok`, `busy`, `bad` or `idle`
 */
export const shape = (condition) =>
  element(
    'svg',
    { class: `shape ${condition}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    element('path', { d: SHAPES[condition] ?? SHAPES['idle'] }),
  );

/**
 * Returns a sentence for a view that has nothing to show.
 * @param {string} what
 * @param {string} [more]
 */
export const nothingHere = (what, more) =>
  element(
    'div',
    { class: 'empty' },
    element('p', { class: 'empty-what' }, what),
    more && element('p', {}, more),
  );
