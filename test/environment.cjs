// Where tests run: each file in a realm of its own, but for the packages (runtime.cjs).
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Shared with those packages: an error of theirs is an `Error` here, and a date of ours is a `Date` there. */
const SHARED = { Error, TypeError, RangeError, SyntaxError, Date, Map, Set, RegExp, Math };

/**
 * Each file's runner keeps a storage of its own, and never gives it back: every promise of the files after it would carry
 * it along.
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
