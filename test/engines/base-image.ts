/** For tests of container engines: engines with their own storage, and a base image of Python made from the files of this machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The interpreter of Debian, whose library is in one folder. */
export const PYTHON = '/usr/bin/python3';

/** The engines of a test. */
export interface TestEngines {
  /** The variables with which engines use the storage and the settings of the test. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes all images and files. */
  remove(): void;
}

/**
 * Prepares engines. They run steps with runc and low limits, so that they also work inside of a container or a small virtual
 * machine.
 */
export function prepareEngines(): TestEngines {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-engines-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const settings = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "host"
`;
  // A driver that works on every file system.
  const storage = `[storage]
driver = "vfs"
graphroot = "${folder}/graph"
runroot = "${folder}/run"
`;
  const env = {
    CONTAINERS_CONF: file('containers.conf', settings),
    CONTAINERS_STORAGE_CONF: file('storage.conf', storage),
    SLIPWAY_CACHE: join(folder, 'cache'),
  };
  return { env, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Imports an image with Python under a name, and nothing else but a shell. */
export function importPython({ env }: TestEngines, name: string): void {
  const root = mkdtempSync(join(tmpdir(), 'slipway-python-'));
  try {
    for (const folder of ['usr/local/bin', 'tmp', 'etc', 'bin'])
      mkdirSync(join(root, folder), { recursive: true });
    const python = realpathSync(PYTHON);
    for (const program of [python, '/bin/sh'])
      for (const path of [program, ...librariesOf(program)]) copy(root, path);
    symlinkSync(python, join(root, 'usr/local/bin/python'));
    const library = execFileSync(PYTHON, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], {
      encoding: 'utf8',
    }).trim();
    cpSync(library, join(root, library), {
      recursive: true,
      dereference: true,
      filter: (path) =>
        !/\/(?:test|tests|idlelib|tkinter|lib2to3|config-[^/]*|__pycache__|dist-packages)$/.test(path),
    });
    const archive = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 512 * 1024 * 1024 });
    const path = 'PATH=/usr/local/bin:/usr/bin:/bin';
    const imported = spawnSync('podman', ['import', '--change', `ENV ${path}`, '-', name], {
      input: archive,
      env: { ...process.env, ...env },
    });
    if (imported.status !== 0) throw new Error(imported.stderr.toString());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Returns the libraries of a program, with the loader. */
const librariesOf = (program: string): string[] =>
  [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].map(
    ([, path = '']) => path,
  );

function copy(root: string, path: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  cpSync(path, join(root, path), { dereference: true });
}
