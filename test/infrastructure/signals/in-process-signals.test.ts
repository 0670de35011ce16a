import { SignalBus } from '../../../src/infrastructure/signals/in-process-signals.js';
import { signalsContract } from '../../contracts/signals.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('Signals in the process', () => {
  signalsContract(async () => {
    const bus = new SignalBus(log);
    return { join: async () => bus.join(), close: async () => undefined };
  });
});
