// The test environment: each test file runs in its own realm, but packages are shared (see runtime.cjs).
const { AsyncLocalStorage } = require('node:async_hooks');
const { join } = require('node:path');
const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

// Tests share a cache of layers, apart from the user's.
process.env['SLIPWAY_CACHE'] ??= join(__dirname, '../node_modules/.cache/slipway-images');
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// A literal is of the realm's own class whatever the global is, so esbuild would not take one for a RegExp. Changing prototypes
// instead would make all regular expressions slow.
Object.defineProperty(RegExp, Symbol.hasInstance, { value: types.isRegExp, configurable: true });

/** Classes that the realms of tests share with the packages, so that `instanceof Error` and `instanceof Date` work across realms. */
const SHARED = { Error, TypeError, RangeError, SyntaxError, Date, Map, Set, RegExp, Math };

/**
 * The storages to disable after each file. Jest's runner creates an AsyncLocalStorage for each file and never disables
 * it, so every promise of later files would carry it along.
 */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  storages.add(this);
  return run.apply(this, args);
};

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, SHARED);
  }

  async teardown() {
    await super.teardown();
    for (const storage of storages) storage.disable();
    storages.clear();
  }
};
