import type { Settings } from '@logbook/config';
import type { Store } from '@logbook/store';
import { CommandError } from '../command-error.js';
import { withStore } from '../with-log.js';

/** The database of the usage service, which runs on Kafka and PostgreSQL alone. */
export function withUsageStore<T>(settings: Settings, action: (store: Store) => Promise<T>): Promise<T> {
  if (settings.log.kind === 'embedded' || settings.store.kind === 'embedded') {
    throw new CommandError(
      'usage is counted on Kafka and PostgreSQL: set KAFKA_BROKERS and DATABASE_URL as the service has them',
    );
  }
  return withStore(settings, action);
}
