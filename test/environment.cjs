// The test environment: each test file runs in its own realm, but packages are shared (see runtime.cjs).
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Classes shared with those packages, so that `instanceof Error` and `instanceof Date` work across realms. */
const SHARED = { Error, TypeError, RangeError, SyntaxError, Date, Map, Set, RegExp, Math };

/**
 * The runner of each file creates an AsyncLocalStorage and never disables it, so that every promise of later files would
 * carry it along.
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
