// With a SEED, what fast-check makes up is the same each time.
require('fast-check').configureGlobal({ seed: Number(process.env.SEED) });
