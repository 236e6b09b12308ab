/** The user of the sandbox: every caller without temporary credentials is this user. */
import type { Region } from '../../world/region.ts';

export const USER_NAME = 'sandbox';

/** The unique id of the user. */
export const USER_ID = 'AIDASANDBOXUSERXXXXXX';

export const userArn = (region: Region): string => region.iamArn(`user/${USER_NAME}`);
