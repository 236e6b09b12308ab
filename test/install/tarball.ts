/** The environment variable that passes the packed package from the script to the tests. */
export const TARBALL_VARIABLE = 'SLIPWAY_TEST_TARBALL';
