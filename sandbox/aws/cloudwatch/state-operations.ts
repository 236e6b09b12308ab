/** The operations that set the state of alarms, and that enable and disable their actions. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { runActions } from './actions.ts';
import { changeState } from './alarm-state.ts';
import { alarmNotFound } from './errors.ts';

/** Enables or disables the actions of the named alarms. Unknown names are ignored. */
function setActionsEnabled(region: Region, names: readonly string[], isEnabled: boolean): void {
  for (const name of names) {
    const alarm = region.cloudwatch.alarms.get(name);
    if (alarm) alarm.ActionsEnabled = isEnabled;
  }
}

/** @throws InvalidFormat if the text is not JSON */
function checkJson(text: string | undefined): void {
  try {
    if (text !== undefined) JSON.parse(text);
  } catch {
    throw refusal('InvalidFormat', 'StateReasonData is not valid JSON.');
  }
}

export const stateOperations = {
  /** The state lasts until the next evaluation. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
  SetAlarmState: {
    inputMembers: ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'],
    run(input, region) {
      const alarm = region.cloudwatch.alarms.get(input.AlarmName);
      if (!alarm) throw alarmNotFound([input.AlarmName ?? '']);
      checkJson(input.StateReasonData);
      const { StateValue: state = alarm.StateValue } = input;
      const isChange = state !== alarm.StateValue;
      changeState(region, alarm, state, input.StateReason ?? '', input.StateReasonData);
      if (isChange) runActions(region, alarm, {});
      return {};
    },
  },

  EnableAlarmActions: {
    inputMembers: ['AlarmNames'],
    run({ AlarmNames = [] }, region) {
      setActionsEnabled(region, AlarmNames, true);
      return {};
    },
  },

  DisableAlarmActions: {
    inputMembers: ['AlarmNames'],
    run({ AlarmNames = [] }, region) {
      setActionsEnabled(region, AlarmNames, false);
      return {};
    },
  },
} satisfies Operations<typeof CloudWatch>;
