// Seeds fast-check with SEED, so that its random values are the same each time.
require('fast-check').configureGlobal({ seed: Number(process.env.SEED) });
