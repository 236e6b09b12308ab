// How tests get their modules: our own from jest, in each file anew; packages from Node, once a worker.
const { createRequire, isBuiltin } = require('node:module');
const { default: Runtime } = require('jest-runtime');

/** Of jest itself, each file has its own. */
const isPackage = (name) => !/^[./]|^@jest\//.test(name) && !isBuiltin(name);

module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return isPackage(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};
