// The commands that Slipway has: their programs, and what the help says about them.
// @ts-check

/** The commands by name. `folder` contains the program of a command; `args` come before the arguments of the user. */
export const VERBS = new Map([
  ['init', { folder: 'init', args: [], purpose: 'writes a configuration for the programs of a folder' }],
  ['provision', { folder: 'provision', args: [], purpose: 'stands the stack up, or brings it up to date' }],
  ['deploy', { folder: 'provision', args: ['--deploy'], purpose: 'provisions one service only' }],
  ['dev', { folder: 'dev', args: [], purpose: 'serves every change of a source at once, on the sandbox' }],
  ['drift', { folder: 'provision', args: ['--drift'], purpose: 'lists differences from the configuration' }],
  [
    'status',
    { folder: 'status', args: [], purpose: 'reports the address and the condition of each service' },
  ],
  ['open', { folder: 'open', args: [], purpose: 'opens the address of the stack in a browser' }],
  [
    'doctor',
    { folder: 'doctor', args: [], purpose: 'checks everything that a provision needs, and says what to do' },
  ],
  ['logs', { folder: 'logs', args: [], purpose: 'prints what the containers have printed' }],
  ['run', { folder: 'run', args: [], purpose: 'runs a command once, in a separate task' }],
  ['exec', { folder: 'exec', args: [], purpose: 'starts a command or a shell in a running container' }],
  ['dashboard', { folder: 'dashboard', args: [], purpose: 'serves a page that shows what runs' }],
  ['history', { folder: 'history', args: [], purpose: 'lists the deployments of each service' }],
  ['scale', { folder: 'scale', args: [], purpose: 'changes the number of tasks of a service' }],
  ['restart', { folder: 'restart', args: [], purpose: 'replaces the tasks of services by new ones' }],
  ['rollback', { folder: 'rollback', args: [], purpose: 'restores an earlier revision of a service' }],
  ['secret', { folder: 'secret', args: [], purpose: 'stores, lists and removes the secrets of a stack' }],
  ['teardown', { folder: 'teardown', args: [], purpose: 'takes the stack down' }],
  ['sandbox', { folder: 'sandbox', args: [], purpose: 'runs an AWS on this machine' }],
]);

/** The groups of folders that are compiled together; the sandbox is a separate program. */
export const PROGRAMS = [
  [
    'init',
    'provision',
    'dev',
    'status',
    'open',
    'doctor',
    'logs',
    'run',
    'exec',
    'dashboard',
    'history',
    'scale',
    'restart',
    'rollback',
    'secret',
    'teardown',
  ],
  ['sandbox'],
];
/** The folders that contain the source of the programs. */
export const SOURCES = ['build', 'lib', ...PROGRAMS.flat()];
