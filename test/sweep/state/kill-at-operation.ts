/** For sweeps over file operations: the part of a program that kills it at one of its file operations. */

/**
 * Defines `wrap(holder, name)`, which counts the calls of an operation. At call number `nth`, the program prints the name of the
 * operation and kills itself: `before` the call, `after` it, or `within` a write. The program defines `nth` and `when`, and
 * imports `fs`.
 */
export const KILL_AT_OPERATION = `
const die = () => process.kill(process.pid, 'SIGKILL');
let step = 0;
function wrap(holder, name) {
  const real = holder[name];
  holder[name] = async function (...args) {
    const isNth = (step += 1) === Number(nth);
    if (isNth) fs.writeSync(1, name + '\\n');
    if (isNth && when === 'within' && name === 'writeFile') await real.call(this, args[0].slice(0, 99));
    if (isNth && when !== 'after') die();
    const result = await real.call(this, ...args);
    if (isNth) die();
    return result;
  };
}
`;
