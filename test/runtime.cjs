// The module loader of tests: modules of this repository are compiled once per worker but run again in each test file; packages are loaded once.
const { createRequire, isBuiltin } = require('node:module');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Whether a module is a package that is loaded once. Jest's packages are not: each test file has its own copy. */
const isPackage = (name) => !/^[./]|^@jest\//.test(name) && !isBuiltin(name);

/** The compiled script of each file, with its source. */
const compiled = new Map();
const { compileFunction } = vm;

/** Compiles to a script: unlike a function, a script can run in several realms without recompilation. */
vm.compileFunction = (code, parameters, options) => {
  const { filename, parsingContext } = options;
  if (!parsingContext) return compileFunction(code, parameters, options);
  let entry = compiled.get(filename);
  if (entry?.code !== code) {
    const head = `(function (${parameters}) {`;
    entry = { code, script: new vm.Script(`${head}${code}\n})`, { filename, columnOffset: -head.length }) };
    compiled.set(filename, entry);
  }
  return entry.script.runInContext(parsingContext);
};

module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return isPackage(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};
