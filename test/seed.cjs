// Seeds fast-check with SEED, so that its random values are the same in every run.
require('fast-check').configureGlobal({ seed: Number(process.env.SEED) });
