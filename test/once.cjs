// A transformer: in place of a module, what Node's own `require` returns for it.
module.exports = {
  process: (_source, file) => ({ code: `module.exports = requireOnce(${JSON.stringify(file)});` }),
};
