/** The calls of the programmatic API, one per command; `index.ts` documents them. Each throws only problems. */
import { startDoctor } from '../doctor/start.ts';
import { startExec } from '../exec/start.ts';
import { startHistory } from '../history/start.ts';
import type {
  DriftResult,
  HistoryResult,
  PlanResult,
  ProvisionResult,
  RollbackResult,
  TeardownResult,
} from '../lib/run/results.ts';
import type { CommandContext } from '../lib/run/main.ts';
import type { Options } from '../lib/run/options.ts';
import { optionsOfPlan } from '../lib/run/saved-plan/options.ts';
import { checkPlanOutput } from '../lib/run/saved-plan/plan-file.ts';
import type { ExecResult } from '../lib/run/exec-results.ts';
import { startLogs } from '../logs/start.ts';
import type { DoctorResult } from '../lib/run/doctor-results.ts';
import type { LogsResult } from '../lib/run/logs-results.ts';
import type { OpenResult, RestartResult, ScaleResult } from '../lib/run/steering-results.ts';
import type { RunResult } from '../lib/run/run-results.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import { startOpen } from '../open/start.ts';
import { startProvision } from '../provision/start.ts';
import { startRestart } from '../restart/start.ts';
import { startRollback } from '../rollback/start.ts';
import { startScale } from '../scale/start.ts';
import { startRun } from '../run/start.ts';
import { startStatus } from '../status/start.ts';
import { startTeardown } from '../teardown/start.ts';
import { call } from './call.ts';
import { checkCallOptions, commandOptions } from './check-options.ts';
import type {
  DriftOptions,
  ExecOptions,
  HistoryOptions,
  LogsOptions,
  OpenOptions,
  OptionName,
  PlanOptions,
  ProvisionOptions,
  RestartOptions,
  SavedPlanOptions,
  RollbackOptions,
  ScaleOptions,
  RunOptions,
  StackOptions,
  TeardownOptions,
} from './options.ts';

const PROVISION_OPTIONS: readonly OptionName[] = ['service', 'builder', 'wait', 'adopt', 'adoptStack'];

/** Provisions the stack, or one of its services, or carries a saved plan out. */
export async function provisionStack(options: ProvisionOptions = {}): Promise<ProvisionResult> {
  checkCallOptions('provision', options, [...PROVISION_OPTIONS, 'plan']);
  const { plan: file, signal: _signal, onEvent: _onEvent, ...given } = options;
  return withField(
    'url',
    await runProvision(options, {}, async (planned) =>
      file === undefined ? planned : { ...planned, ...(await optionsOfPlan(file, given)) },
    ),
  );
}

/** Plans a provision, and saves the plan if a file is given. */
export async function planStack(options: SavedPlanOptions = {}): Promise<PlanResult> {
  checkCallOptions('plan', options, [...PROVISION_OPTIONS, 'file']);
  const { file: planOutput } = options;
  return withField(
    'plan',
    await runProvision(options, { plan: true, planOutput }, async (planned) => {
      if (planOutput !== undefined) await checkPlanOutput(planOutput);
      return planned;
    }),
  );
}

/** @param complete returns the final options; its failure is explained like one of the command */
async function runProvision(
  options: PlanOptions,
  selected: Partial<Pick<Options, 'plan' | 'planOutput'>>,
  complete: (options: Options) => Promise<Options>,
) {
  const deploy = options.service !== undefined;
  const command = deploy ? 'deploy' : 'provision';
  const start = async (context: CommandContext) =>
    startProvision({ ...context, options: await complete(context.options) });
  return call({ command, options: commandOptions(options, { ...selected, deploy }), start }, options);
}

/** Compares the stack with its configuration. */
export async function stackDrift(options: DriftOptions = {}): Promise<DriftResult> {
  checkCallOptions('drift', options, ['builder']);
  const drift = commandOptions(options, { drift: true });
  return withField('drift', await call({ command: 'drift', options: drift, start: startProvision }, options));
}

/** Returns the condition of the stack. */
export async function stackStatus(options: StackOptions = {}): Promise<StatusResult> {
  checkCallOptions('status', options, []);
  return call({ command: 'status', options: commandOptions(options, {}), start: startStatus }, options);
}

/** Checks what a provision needs. */
export async function checkStack(options: StackOptions = {}): Promise<DoctorResult> {
  checkCallOptions('doctor', options, []);
  return call({ command: 'doctor', options: commandOptions(options, {}), start: startDoctor }, options);
}

/** Lists the deployments of each service. */
export async function stackHistory(options: HistoryOptions = {}): Promise<HistoryResult> {
  checkCallOptions('history', options, ['service']);
  return call({ command: 'history', options: commandOptions(options, {}), start: startHistory }, options);
}

/** Returns the lines that the containers have printed. */
export async function stackLogs(options: LogsOptions = {}): Promise<LogsResult> {
  checkCallOptions('logs', options, ['container', 'since', 'grep']);
  return call({ command: 'logs', options: commandOptions(options, {}), start: startLogs }, options);
}

/** Returns the address of the stack. */
export async function stackAddresses(options: OpenOptions = {}): Promise<OpenResult> {
  checkCallOptions('open', options, ['container']);
  return call({ command: 'open', options: commandOptions(options, {}), start: startOpen }, options);
}

/** Changes the number of tasks of a service. */
export async function scaleService(options: ScaleOptions): Promise<ScaleResult> {
  checkCallOptions('scale', options, ['service', 'count', 'wait', 'adoptStack'], ['service', 'count']);
  const scale = commandOptions(options, {});
  return withField('to', await call({ command: 'scale', options: scale, start: startScale }, options));
}

/** Replaces the tasks of services. */
export async function restartServices(options: RestartOptions = {}): Promise<RestartResult> {
  checkCallOptions('restart', options, ['service', 'wait', 'adoptStack']);
  const restart = commandOptions(options, {});
  return withField(
    'services',
    await call({ command: 'restart', options: restart, start: startRestart }, options),
  );
}

/** Runs a command once, in a separate task. */
export async function runInTask(options: RunOptions): Promise<RunResult> {
  checkCallOptions('run', options, ['container', 'command'], ['container', 'command']);
  return call({ command: 'run', options: commandOptions(options, {}), start: startRun }, options);
}

/** Runs a command in a running container. */
export async function executeInContainer(options: ExecOptions): Promise<ExecResult> {
  checkCallOptions('exec', options, ['container', 'command', 'task']);
  return call({ command: 'exec', options: commandOptions(options, {}), start: startExec }, options);
}

/** Restores an earlier revision of a service. */
export async function rollBackService(options: RollbackOptions = {}): Promise<RollbackResult> {
  checkCallOptions('rollback', options, ['service', 'to', 'wait', 'adoptStack']);
  const rollback = commandOptions(options, {});
  return withField(
    'url',
    await call({ command: 'rollback', options: rollback, start: startRollback }, options),
  );
}

/** Removes the whole stack. */
export async function teardownStack(options: TeardownOptions = {}): Promise<TeardownResult> {
  checkCallOptions('teardown', options, ['name', 'adoptStack']);
  const teardown = commandOptions(options, {});
  return withField(
    'certificate',
    await call({ command: 'teardown', options: teardown, start: startTeardown }, options),
  );
}

/** Selects the kind of result that has a field: a command has several kinds of results, and a call only one. */
function withField<Outcome extends object, Field extends string>(
  field: Field,
  outcome: Outcome,
): Extract<Outcome, { readonly [F in Field]: unknown }> {
  if (field in outcome) return outcome as Extract<Outcome, { readonly [F in Field]: unknown }>;
  throw new Error(`The result has no field ${field}`);
}
