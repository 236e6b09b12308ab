/** An esbuild plugin: a configuration can import `slipway`, wherever Slipway is installed. */
import type { Plugin } from 'esbuild';

/**
 * Provides what a configuration imports from `slipway`. The package itself is not read: it may be installed for all projects, and
 * then a configuration cannot resolve it.
 */
export const ownPackage: Plugin = {
  name: 'own-package',
  setup(bundler) {
    // Not literals: under Jest, a literal is not an instance of the RegExp class that esbuild requires.
    bundler.onResolve({ filter: new RegExp('^slipway$') }, ({ path }) => ({
      path,
      namespace: 'own-package',
    }));
    bundler.onLoad({ filter: new RegExp(''), namespace: 'own-package' }, () => ({
      contents: 'export const defineStack = (stack) => stack;',
    }));
  },
};
