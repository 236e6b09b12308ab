/** The options of V8 for the process of a sandbox. */

/**
 * Lets V8 compile larger functions into their callers. A request through the load balancer passes through hundreds of small
 * functions of Node, and V8's default limits stop before most of them: the CPU time of a request is then a fifth longer.
 */
export const V8_OPTIONS: readonly string[] = [
  '--max-inlined-bytecode-size=1000',
  '--max-inlined-bytecode-size-cumulative=4000',
];
