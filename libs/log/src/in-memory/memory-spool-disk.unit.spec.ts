import { describeSpoolDiskContract } from '../spool/spool-disk.contract.js';
import { MemorySpoolPlace } from './memory-spool-disk.js';

describeSpoolDiskContract('memory', async () => {
  const place = new MemorySpoolPlace();
  return { claim: async () => place.claim(), release: async () => undefined };
});
