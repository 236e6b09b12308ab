// How tests get their modules: our own are run anew in each file, compiled once a worker; packages are Node's, once a worker.
const { createRequire, isBuiltin } = require('node:module');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Of jest itself, each file has its own. */
const isPackage = (name) => !/^[./]|^@jest\//.test(name) && !isBuiltin(name);

/** By file: what was compiled of it, and from which code. */
const compiled = new Map();
const { compileFunction } = vm;

/** As jest asks for it: a script, which unlike a function can be run in many realms, and keeps what V8 made of it. */
vm.compileFunction = (code, parameters, options) => {
  const { filename, parsingContext } = options;
  if (!parsingContext) return compileFunction(code, parameters, options);
  let one = compiled.get(filename);
  if (one?.code !== code) {
    const head = `(function (${parameters}) {`;
    one = { code, script: new vm.Script(`${head}${code}\n})`, { filename, columnOffset: -head.length }) };
    compiled.set(filename, one);
  }
  return one.script.runInContext(parsingContext);
};

module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return isPackage(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};
