import type { UserId } from '../../domain/kernel/ids.js';
import { ToolError, type Tool } from './tool.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Finds the user by username, e-mail address or id. */
export const requireUser = async ({ lookup }: Tool, login = ''): Promise<UserId> => {
  if (UUID.test(login)) return login as UserId;
  const userId = await lookup.byLogin(login);
  if (userId === null) throw new ToolError(`there is nobody called ${login}: see chatapp users list`);
  return userId;
};
