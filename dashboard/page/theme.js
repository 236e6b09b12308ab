// Lets the user choose between light and dark; by default, the system decides.

const KEY = 'slipway-theme';

/** @param {() => void} onChange called when the colours have changed */
export function followTheme(onChange) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name=theme]'));
  const apply = (/** @type {string} */ theme) => {
    document.documentElement.setAttribute('data-theme', theme);
    for (const input of inputs) input.checked = input.value === theme;
    onChange();
  };
  for (const input of inputs)
    input.addEventListener('change', () => {
      remember(input.value);
      apply(input.value);
    });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  apply(remembered());
}

/** A browser may refuse to keep anything. @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice lasts until the page is closed.
  }
}

function remembered() {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
}
