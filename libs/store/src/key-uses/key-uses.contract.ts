import { apiKeyId, logId } from '@logbook/contracts';
import { emptyDatabase, LOG_ID, type OpenedStore } from '../contract-fixtures.contract.js';
import { migrateOps } from '../ops/migrate-ops.js';
import { readKeyUses } from './read-key-uses.js';
import { recordKeyUses } from './record-key-uses.js';

const [one, two] = [apiKeyId('1'.repeat(16)), apiKeyId('2'.repeat(16))];
const OTHER_LOG = logId('0198c0de-0000-7000-8000-00000000bbbb');

export function describeKeyUses(opened: OpenedStore): void {
  describe('uses of API keys', () => {
    beforeEach(async () => {
      await emptyDatabase(opened());
      await migrateOps(opened());
    });

    it('are kept to the millisecond, each log for itself', async () => {
      await recordKeyUses(opened(), LOG_ID, new Map([[one, 1_764_000_000_123]]));
      await recordKeyUses(opened(), OTHER_LOG, new Map([[one, 5]]));
      expect(await readKeyUses(opened(), LOG_ID)).toEqual(new Map([[one, 1_764_000_000_123]]));
    });

    it('never move back, whichever gateway is late to tell', async () => {
      await recordKeyUses(opened(), LOG_ID, new Map([[one, 2_000], [two, 2_000]])); // prettier-ignore
      await recordKeyUses(opened(), LOG_ID, new Map([[one, 1_000], [two, 3_000]])); // prettier-ignore
      expect(await readKeyUses(opened(), LOG_ID)).toEqual(new Map([[one, 2_000], [two, 3_000]])); // prettier-ignore
    });

    it('are neither kept nor found where no projector of this release has been yet', async () => {
      await emptyDatabase(opened());
      await expect(recordKeyUses(opened(), LOG_ID, new Map([[one, 1]]))).resolves.toBe('NO_TABLE');
      expect((await readKeyUses(opened(), LOG_ID)).size).toBe(0);
    });
  });
}
