import { firstly, type History } from '../kernel/history.js';
import type { UserEvents } from './events.js';

export const userHistory: History<UserEvents> = {
  UserRegistered: firstly<UserEvents['UserRegistered']>().storedAnew().storedAnew(),
  PasswordChanged: firstly<UserEvents['PasswordChanged']>().storedAnew(),
  ProfileChanged: firstly<UserEvents['ProfileChanged']>().storedAnew(),
};
