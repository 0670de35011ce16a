import { hostname, userInfo } from 'node:os';
import type { ToolOperator } from '../../domain/audit/tool-operator.js';

const systemUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`; // in a container, a user needs no name
  }
};

/** Says who uses the tool, and where, as the operating system names them. */
export const toolOperator = (): ToolOperator => ({ systemUser: systemUser(), host: hostname(), authenticated: false });
