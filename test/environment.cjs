// Where tests run: each file in a realm of its own, but for the packages (runtime.cjs).
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Shared with those packages: an error of theirs is an `Error` here, and a date of ours is a `Date` there. */
const SHARED = { Error, TypeError, RangeError, SyntaxError, Date, Map, Set, RegExp, Math };

/**
 * The runner keeps in a storage which test is running, and Node carries that along with every promise, which costs a lot
 * where there are many. The tests of a file follow one another: a field says it as well.
 */
AsyncLocalStorage.prototype.run = function (store, callback, ...args) {
  const outer = this.store;
  this.store = store;
  const restore = () => (this.store = outer);
  const result = callback(...args);
  if (typeof result?.finally === 'function') return result.finally(restore);
  restore();
  return result;
};
AsyncLocalStorage.prototype.getStore = function () {
  return this.store;
};

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, SHARED);
  }
};
