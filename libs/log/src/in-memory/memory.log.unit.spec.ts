import { describeLogContract } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX } from '../testing/contract-settings.js';
import { MemoryEnvironment } from './memory-environment.js';
import { openMemoryLog } from './memory.log.js';

describeLogContract('memory', async () => {
  const environment = new MemoryEnvironment();
  const open = () => openMemoryLog({ environment, messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX, pollMs: 20 });
  const log = open();
  return { log, openAnother: async () => open(), release: () => log.close() };
});
