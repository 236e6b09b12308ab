/** `npm pack`: compiles the package into `dist`, with its types, the schema of the configuration and the completion scripts. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { hashOf } from '../build/code-cache.js';
import { compilePrograms } from '../build/compile.js';
import { filesIn } from '../build/files-in.js';
import { SOURCES, VERBS } from '../build/verbs.js';
import { stackNode } from '../lib/config/schema-nodes.ts';
import { completionScripts, optionsInHelp } from './completion.ts';
import { declarationsOf } from './declarations.ts';
import { packageLocations } from './package-locations.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** The compiled `index.ts`. It shares its chunks with the commands. */
const LIBRARY = 'api/index';

const PACKAGE_OPTIONS: BuildOptions = {
  define: { 'process.env.SLIPWAY_IS_PACKAGE': '"true"' },
  // Without the source, source maps would name files that the user does not have.
  sourcemap: false,
};

/** Writes a file into the package, with the folders above it. */
function write(path: string, text: string): void {
  const file = join(DIST, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Copies the files that are used as they are: preloads, workers, child processes, and the page that browsers show. */
function copyScripts(): void {
  for (const folder of SOURCES.filter((name) => name !== 'build'))
    for (const file of filesIn(join(ROOT, folder)).filter((path) => /\.(c?js|html|css)$/.test(path))) {
      const copy = join(DIST, relative(ROOT, file));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(file, copy);
    }
}

/** Compiles the entry points of the package, which Node loads as ES modules. */
async function compileEntryPoints(): Promise<void> {
  const programs = filesIn(DIST).sort();
  const hash = hashOf(programs.map((file) => hashOf(readFileSync(file))).join());
  await build({
    ...PACKAGE_OPTIONS,
    define: { ...PACKAGE_OPTIONS.define, 'process.env.SLIPWAY_BUILD': JSON.stringify(hash.slice(0, 16)) },
    absWorkingDir: ROOT,
    entryPoints: { bin: 'pack/bin.ts', run: 'pack/run.ts' },
    outdir: DIST,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    bundle: true,
    splitting: true,
    logLevel: 'error',
  });
  const bin = join(DIST, 'bin.js');
  writeFileSync(bin, `#!/usr/bin/env node\n${readFileSync(bin, 'utf8')}`, { mode: 0o755 });
}

/** Writes the exports of the library as an ES module. It loads the same scripts as `require`, so that both have the same classes. */
function writeLibraryModule(): void {
  const names = Object.keys(createRequire(import.meta.url)(join(DIST, `${LIBRARY}.cjs`)) as object).sort();
  const load = `createRequire(import.meta.url)('./${LIBRARY}.cjs')`;
  write(
    'index.js',
    `import { createRequire } from 'node:module';\nexport const { ${names.join(', ')} } = ${load};\n`,
  );
}

/** Returns the commands with their options, as the compiled programs describe them. */
const completedCommands = () => [
  ...[...VERBS].map(([name, { purpose }]) => {
    // In debug mode, a command leaves no code cache beside its program.
    const help = execFileSync(process.execPath, [join(DIST, 'run.js'), name, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, SLIPWAY_DEBUG: '1' },
    });
    return { name, purpose, options: optionsInHelp(help) };
  }),
  { name: 'completion', purpose: 'completes commands in a shell', options: [] },
];

/** Returns the schema of a configuration in JSON, which may refer to the schema itself. */
const jsonSchema = () => ({
  ...stackNode(),
  title: 'The configuration of Slipway',
  properties: { $schema: { type: 'string' }, ...stackNode().properties },
});

rmSync(DIST, { recursive: true, force: true });
await compilePrograms({
  root: ROOT,
  outdir: DIST,
  locations: packageLocations(ROOT),
  options: { ...PACKAGE_OPTIONS, chunkNames: 'chunks/[name]-[hash]' },
  library: { in: 'index.ts', out: LIBRARY },
});
await compileEntryPoints();
writeLibraryModule();
copyScripts();
write('schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
for (const { path, text } of declarationsOf(ROOT, 'index.ts')) write(path, text);
for (const [shell, script] of Object.entries(completionScripts(completedCommands())))
  write(join('completion', shell), script);
